// Rule 4: the first stage reads every model input.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>, %y: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error-re @+1 {{rule 4: model input '{{.+}}' is read first in stage 1, but the first stage takes all inputs}}
  %1 = "a.two"(%0, %y) {respect.stage = 1 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
