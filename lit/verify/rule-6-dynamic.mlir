// Rule 6: what crosses a cut has a fixed shape.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error-re @+1 {{rule 6: tensor '{{.+}}' crosses a cut after stage 0 but has a shape that is known at run time only}}
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<?xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<?xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
