// A stage beyond those that the schedule has is an error at the operation.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {stages = 2 : i32}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.mid"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{operation 2 is in stage 2, but there are 2 stages, from 0}}
  %2 = "a.two"(%1) {respect.stage = 2 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
