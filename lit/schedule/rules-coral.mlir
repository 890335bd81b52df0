// Where Coral's rules leave no room for two stages, as both outputs must come from the last, the error says so.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{rules=coral}))' %s -verify-diagnostics

// expected-error @+1 {{cannot schedule 'main': 2 stages, but}}
func.func @main(%x: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>) {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0, %1 : tensor<4xi8>, tensor<4xi8>
}
