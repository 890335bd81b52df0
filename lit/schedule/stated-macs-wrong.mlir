// Multiply-accumulates are an integer from 0.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error@+1 {{'a.one' has respect.macs = -1 : i64, which must be an integer from 0, such as 1000 : i64}}
  %0 = "a.one"(%x) {respect.macs = -1 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
