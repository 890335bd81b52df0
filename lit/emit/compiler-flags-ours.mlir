// A flag that the pass sets itself is told of in the passes' own options.

// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t compiler-flags=out_dir=x})' %s 2>&1 | FileCheck %s

// CHECK: error: compiler-flags: 'out_dir' can't be passed on: the output folder is respect's own; name it with out-dir
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
