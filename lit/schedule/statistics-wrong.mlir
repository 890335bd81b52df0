// What is named as a note of a value but does not hand it on as it is, is an error at the operation.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s 2>&1 | FileCheck %s

// CHECK: statistics-wrong.mlir:[[#@LINE+2]]:8: error: {{.*}}must hand on its operand as it is; give its result the operand's type
func.func @main(%x: tensor<4xf32>) -> tensor<2xf32> {
  %s = "quantfork.stats"(%x) : (tensor<4xf32>) -> tensor<2xf32>
  %0 = "tfl.abs"(%s) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "tfl.abs"(%0) : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
