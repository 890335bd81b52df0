// With a compiler each stage is compiled, here by the stand-in.
// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/chain.mlir
// RUN: %respect-opt %t/chain.mlir --pass-pipeline='builtin.module(respect-pipeline{stages=2 out-dir=%t/stages edgetpu-compiler=%standin compiler-timeout-s=60})' -o /dev/null
// RUN: ls %t/stages | FileCheck %s

// CHECK: segment_0_of_2_edgetpu.log
// CHECK: segment_0_of_2_edgetpu.tflite
// CHECK: segment_1_of_2_edgetpu.tflite
