// A list of constants that is none is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --verify-diagnostics

// expected-error@+1 {{'func.func' has respect.constants = 7 : i64, which must be a list of names, such as ["my.constant"]}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.constants = 7 : i64} {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
