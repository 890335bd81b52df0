// A largest stage that is not so is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+1 {{'respect.schedule' says largest stage 7 bytes, but it is 0 bytes}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {peak_parameter_bytes = 7 : i64}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
