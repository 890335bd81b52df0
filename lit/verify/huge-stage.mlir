// A stage beyond reason costs no memory.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

// expected-error @+1 {{stages for 1 operations}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 4000000000 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
