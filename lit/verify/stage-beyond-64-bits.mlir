// A stage beyond 64 bits is an error, and is not cut to what fits.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @+1 {{'respect.stage' is 18446744073709551616 : i128, not a stage: give an integer from 0}}
  %0 = "a.one"(%x) {respect.stage = 18446744073709551616 : i128} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
