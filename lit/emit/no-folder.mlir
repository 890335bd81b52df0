// Without a folder there is an error that asks for one.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages)' %s 2>&1 | FileCheck %s

// CHECK: error: respect-emit-stages has no folder to write to: give out-dir=DIR
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
