// A stage of another number of stages than the function has is left over from another schedule.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = #respect.schedule<stages = 2>} {
  %0 = "a.one"(%x) {respect.stage = #respect.stage<0 of 2>} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{the operation's stage is one of 3, but '@main' has 2 stages; run respect-schedule}}
  %1 = "a.two"(%0) {respect.stage = #respect.stage<1 of 3>} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
