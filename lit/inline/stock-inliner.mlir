// On registered dialects the stock inliner gives the computation back, too.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-outline-stages,inline,symbol-dce)' %s | FileCheck %s

// CHECK: func.func @main(
// CHECK-NOT: call
// CHECK: tosa.maximum
// CHECK: tosa.minimum
// CHECK-NOT: call
// CHECK-NOT: func.func
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %w = "tosa.const"() {values = dense<1> : tensor<1x8xi8>} : () -> tensor<1x8xi8>
  %0 = tosa.maximum %x, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = tosa.minimum %0, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
