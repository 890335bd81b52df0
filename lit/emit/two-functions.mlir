// Two scheduled functions do not fit one folder.

// RUN: rm -rf %t
// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t})' %s 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: main, other are all scheduled, but a folder takes one
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
func.func @other(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
