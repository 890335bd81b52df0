// A stage that is called twice has no one place to go back to.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.pipeline = {stages = 1 : i32}} {
  %0 = call @main_stage_0(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = call @main_stage_0(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
// expected-error @+1 {{called more than once, so it cannot be put back in one place}}
func.func private @main_stage_0(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.stage = 0 : i32} {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
