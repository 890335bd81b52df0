// Rule 6: a tensor without a fixed shape crosses a cut.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  // expected-error @+1 {{rule 6: tensor}}
  %0 = "mine.op"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<?x8xi8>
  %1 = "mine.op"(%0) {respect.stage = 1 : i32} : (tensor<?x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
