// A compiler that has no time compiles nothing.

// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t compiler-timeout-s=0})' %s 2>&1 | FileCheck %s

// CHECK: error: compiler-timeout-s=0 leaves the compiler no time: give 1 or more
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
