// A stage is an integer of a width, not an index.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @+1 {{'respect.stage' is 0 : index, not a stage: give an integer from 0}}
  %0 = "a.one"(%x) {respect.stage = 0 : index} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
