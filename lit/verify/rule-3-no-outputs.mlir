// Rule 3: a pipeline returns something.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+2 {{rule 3: the model has no outputs, so the last stage returns nothing}}
// expected-error @+2 {{rule 2: stage 0 makes nothing}}
func.func @main(%x: tensor<4xi8>) {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return
}
