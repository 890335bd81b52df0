// A schedule that breaks a rule is not outlined.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>, %y: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  // expected-error @+1 {{rule 4}}
  %1 = "tfl.add"(%0, %y) {respect.stage = 1 : i32} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
