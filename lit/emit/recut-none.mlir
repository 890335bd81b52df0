// With recut=0 the compiler's refusal is the end; what can be done is told in the passes' options.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: not env STANDIN_REFUSE=model/max_pooling2d/MaxPool %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin recut=0})' 2>&1 | FileCheck %s --implicit-check-not=--recut --implicit-check-not=--no-compile
// RUN: not ls %t/stages

// CHECK: error: {{.*}}cannot emit the stages of 'main': edgetpu_compiler compiled no 'main_segment_0_of_2.tflite'
// CHECK: leave edgetpu-compiler out to write the stages alone
