// A bound above the value that it bounds is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error-re @+1 {{'respect.schedule' says lower_bound 1000000, but its own value is {{.+}}}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {lower_bound = 1.0e6}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
