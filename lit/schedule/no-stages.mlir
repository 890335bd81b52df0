// No stages is an error that asks for one.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=0}))' %s -verify-diagnostics

// expected-error @+1 {{cannot schedule 'main': 0 stages: give at least 1}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
