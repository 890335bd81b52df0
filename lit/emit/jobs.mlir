// Stages are compiled so many at a time: with one, the first that fails is the last that is tried.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: not env STANDIN_CALLS=%t/calls STANDIN_FAULT=bare STANDIN_FAULT_MATCH=segment_0 %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin jobs=1 recut=0})'
// RUN: FileCheck %s --input-file %t/calls

// CHECK: main_segment_0_of_2.tflite
// CHECK-NOT: main_segment_1_of_2.tflite
