// Rule 7: every stage holds an operation.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+1 {{rule 7: stage 1 holds no operation}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.mid"(%0) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.two"(%1) {respect.stage = 2 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
