// Rule 2: a stage of which no output needs anything.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  // expected-error @+1 {{rule 2: stage 1 makes nothing}}
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%0) {respect.stage = 2 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
