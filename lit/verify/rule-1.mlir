// Rule 1: what is read must be made in the same or an earlier stage.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {rules = "precedence"}} {
  %0 = "a.one"(%x) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error-re @+1 {{rule 1: tensor '{{.+}}' is read in stage 0 but made only in stage 1}}
  %1 = "a.two"(%0) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
