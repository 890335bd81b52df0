// A schedule of more stages than operations is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

// expected-error @+1 {{4000000000 stages for 2 operations: a stage needs at least one}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {stages = 4000000000 : i64}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
