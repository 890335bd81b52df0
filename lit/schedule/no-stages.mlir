// No stages at all are an error.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=0}))' -verify-diagnostics

// expected-error @+1 {{0 stages: give at least 1}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
