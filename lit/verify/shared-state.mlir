// Operations that share state share a stage.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> attributes {respect.schedule = {rules = "precedence"}} {
  %s = "tfl.pseudo_const"() {value = dense<0.0> : tensor<1x4xf32>} : () -> tensor<1x4xf32>
  %w = "tfl.pseudo_const"() {value = dense<1.0> : tensor<4x4xf32>} : () -> tensor<4x4xf32>
  %b = "tfl.pseudo_const"() {value = dense<1.0> : tensor<4xf32>} : () -> tensor<4xf32>
  %0 = "tfl.svdf"(%x, %w, %w, %b, %s) {rank = 1 : i32, fused_activation_function = "NONE", respect.stage = 0 : i32} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  // expected-error @+1 {{operations 0 and 1 must share a stage (they share state) but are in 0 and 1}}
  %1 = "tfl.svdf"(%0, %w, %w, %b, %s) {rank = 1 : i32, fused_activation_function = "NONE", respect.stage = 1 : i32} : (tensor<1x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}
