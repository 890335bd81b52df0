// A function that has the name of a stage is an error that asks for another.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s -verify-diagnostics

// expected-error @+1 {{stage 0 would become '@main_stage_0', but the module has a function of that name; rename it}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func private @main_stage_0()
