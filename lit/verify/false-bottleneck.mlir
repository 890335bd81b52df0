// A bottleneck that is not the stages' own.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

// expected-error @+1 {{says bottleneck 1 us, but it is}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.schedule = {bottleneck_us = 1.0 : f64}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
