// A schedule that is neither the dialect's attribute nor a dictionary is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+1 {{'respect.schedule' is 2 : i32, not a schedule: give #respect.schedule<stages = 2> or a dictionary}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = 2 : i32} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
