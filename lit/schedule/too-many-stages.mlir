// More stages than operations are an error that names the room.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' -verify-diagnostics

// expected-error @+1 {{use at most 2}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
