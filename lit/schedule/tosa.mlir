// Operations of the registered tosa dialect are scheduled, and tosa.const is a parameter.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 8 : i64
// CHECK: "tosa.const"() <{values = dense<1> : tensor<1x8xi8>}> : () -> tensor<1x8xi8>
// CHECK: tosa.maximum {{.*}} {respect.stage = 0 : i32}
// CHECK: tosa.minimum {{.*}} {respect.stage = 1 : i32}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %w = "tosa.const"() {values = dense<1> : tensor<1x8xi8>} : () -> tensor<1x8xi8>
  %0 = tosa.maximum %x, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = tosa.minimum %0, %w : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
