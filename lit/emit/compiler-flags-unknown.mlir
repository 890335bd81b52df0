// A flag that no compiler has is told of with those that there are.

// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t compiler-flags=fast})' %s 2>&1 | FileCheck %s

// CHECK: error: compiler-flags: edgetpu_compiler has no flag 'fast': use one of min_runtime_version,
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
