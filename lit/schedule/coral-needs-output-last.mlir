// Where every cut would leave an output behind, Coral's rules leave room for one stage.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' -verify-diagnostics

// expected-error @+1 {{use at most 1}}
func.func @main(%x: tensor<1x8xi8>) -> (tensor<1x8xi8>, tensor<1x8xi8>) {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0, %1 : tensor<1x8xi8>, tensor<1x8xi8>
}
