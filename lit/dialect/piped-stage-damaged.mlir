// Text that a host without the dialect let pass is judged when a pass reads it: a stage that is none.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @+1 {{'respect.stage' is #respect.stage<2 of 2>: 'stage' is 2 of 2: stages count from 0}}
  %0 = "a.one"(%x) {respect.stage = #respect.stage<2 of 2>} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
