// A list of pure operations that is none is an error at the function.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2})' %s -verify-diagnostics

// expected-error @+1 {{has an attribute respect.pure that must be a list of names, like ["my_dialect"]}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.pure = ["a", 3]} {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
