// A largest stage that is not the stages' own.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

// expected-error @+1 {{says largest stage 7 bytes, but it is 0 bytes}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.schedule = {peak_parameter_bytes = 7 : i64}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
