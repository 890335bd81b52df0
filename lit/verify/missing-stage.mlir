// An operation without a stage among others is an error that says what to do.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{the operation has no 'respect.stage', although '@main' is scheduled; give it one, or run respect-schedule}}
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
