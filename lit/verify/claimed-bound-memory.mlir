// For memory, too, a bound above the value is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+1 {{'respect.schedule' says lower_bound 5, but its own value is 0}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {objective = "memory", lower_bound = 5 : i64}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
