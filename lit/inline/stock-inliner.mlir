// Operations of a registered dialect go back by the stock inliner, too.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages,inline,symbol-dce)' | FileCheck %s

// CHECK: func.func @main
// CHECK: tosa.exp
// CHECK: tosa.tanh
// CHECK-NOT: call
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = tosa.exp %x {respect.stage = 0 : i32} : (tensor<8xf32>) -> tensor<8xf32>
  %1 = tosa.tanh %0 {respect.stage = 1 : i32} : (tensor<8xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
