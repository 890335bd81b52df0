// A dimension that no file can hold is an error at the operation.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  // expected-error @+1 {{a dimension of 9223372036854775807 is beyond}}
  %0 = "mine.op"(%x) : (tensor<1x8xi8>) -> tensor<9223372036854775807x9223372036854775807xi8>
  %1 = "mine.op"(%0) : (tensor<9223372036854775807x9223372036854775807xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
