// Text that a host without the dialect let pass is judged when a pass reads it: a schedule with a field that there is not.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+1 {{'respect.schedule' is #respect.schedule<stages = 1, speed = 2>: duplicate or unknown struct parameter name: speed}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = #respect.schedule<stages = 1, speed = 2>} {
  %0 = "a.one"(%x) {respect.stage = #respect.stage<0 of 1>} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
