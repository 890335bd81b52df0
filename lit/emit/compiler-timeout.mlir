// A compiler that does not end in the time it is given is ended, the error says how to allow more, and no folder is left. The stand-in
// sleeps for an hour.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: env STANDIN_FAULT=hang STANDIN_STATE=%t/state not %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin compiler-timeout-s=1 jobs=1})' 2>&1 | FileCheck %s
// RUN: not ls %t/stages

// CHECK: error: {{.*}}cannot emit the stages of 'main': edgetpu_compiler did not finish 'main_segment_0_of_2.tflite' within 1 s; allow more with compiler-timeout-s
