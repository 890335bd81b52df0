// A tensor of unknown shape is not cut, so this function has room for one stage only.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' -verify-diagnostics

// expected-error @+1 {{use at most 1}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<?x8xi8>
  %1 = "mine.op"(%0) : (tensor<?x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
