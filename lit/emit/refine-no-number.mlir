// A number of refinements that is none is refused.

// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t refine=-1})' %s 2>&1 | FileCheck %s

// CHECK: '-1' value invalid for uint argument
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
