// Operations of a registered dialect go there and back.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s -o %t.scheduled
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %t.scheduled -o %t.outlined
// RUN: FileCheck %s < %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t.outlined -o %t.inlined
// RUN: diff %t.scheduled %t.inlined

// CHECK: call @main_stage_1
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %w = "tosa.const"() {values = dense<1> : tensor<1x8xi8>} : () -> tensor<1x8xi8>
  %0 = tosa.maximum %x, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = tosa.minimum %0, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
