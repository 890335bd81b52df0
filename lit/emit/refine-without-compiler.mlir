// Without a compiler there is nothing to refine by.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t refine=1})' %s 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: refine takes the on-chip capacity from what the compiler reports: name it with edgetpu-compiler=PATH
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
