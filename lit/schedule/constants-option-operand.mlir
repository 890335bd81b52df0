// What is named as a constant but has operands is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{constants=a.one}))' %s --verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error@+1 {{'a.one' is listed in 'respect.constants', but is no constant: one has results, and neither operands nor regions; take it off the list}}
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
