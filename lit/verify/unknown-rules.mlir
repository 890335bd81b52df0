// Rules that do not exist.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

// expected-error @+1 {{it takes coral or precedence}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.schedule = {rules = "none"}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
