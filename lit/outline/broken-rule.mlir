// A schedule that breaks a rule is not outlined.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>, %y: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{rule 4:}}
  %1 = "a.two"(%0, %y) {respect.stage = 1 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
