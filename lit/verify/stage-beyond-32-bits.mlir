// A stage beyond 32 bits is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @+1 {{'respect.stage' is 4294967296 : i64, not a stage: give an integer from 0}}
  %0 = "a.one"(%x) {respect.stage = 4294967296 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
