// A stage that is called twice has no one place to go back to.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-inline-stages)' -verify-diagnostics

// expected-error @+1 {{called more than once}}
func.func private @main_stage_0(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.stage = 0 : i32} {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.pipeline = {stages = 2 : i32}} {
  %0 = call @main_stage_0(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = call @main_stage_0(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
