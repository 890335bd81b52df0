// Operations of the registered tosa dialect are scheduled, and tosa.const is a parameter.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 8,
// CHECK: "tosa.const"() <{values = dense<1> : tensor<1x8xi8>}> : () -> tensor<1x8xi8>
// CHECK: tosa.maximum {{.*}} {respect.stage = #respect.stage<0 of 2>}
// CHECK: tosa.minimum {{.*}} {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %w = "tosa.const"() {values = dense<1> : tensor<1x8xi8>} : () -> tensor<1x8xi8>
  %0 = tosa.maximum %x, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = tosa.minimum %0, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
