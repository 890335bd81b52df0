// A module without a schedule has no stages to write.

// RUN: rm -rf %t
// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' %s 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: no function is scheduled: run respect-schedule first
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
