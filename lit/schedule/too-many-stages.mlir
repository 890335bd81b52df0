// More stages than there is room for is an error that names the room.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=4}))' %s -verify-diagnostics

// expected-error @+1 {{use at most 3}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
