// A lower bound above the schedule's own value.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

// expected-error @+1 {{says lower_bound 99, but its own value is 0}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.schedule = {lower_bound = 99 : i64, objective = "memory"}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
