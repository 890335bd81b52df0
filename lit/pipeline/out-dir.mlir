// With out-dir the stages are written as well.

// RUN: rm -rf %t
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{stages=2 out-dir=%t})' %s | FileCheck %s
// RUN: %respect verify %t
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{stages=2 out-dir=%t force=true})' %s -o /dev/null

// CHECK: call @main_stage_1

func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
