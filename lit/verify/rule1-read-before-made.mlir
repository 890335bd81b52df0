// Rule 1: a tensor is read in an earlier stage than the one that makes it.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 2 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  // expected-error @+1 {{is read in stage 1 but made only in stage 2}}
  %2 = "tfl.relu"(%1) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %3 = "tfl.relu"(%2) {respect.stage = 2 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %3 : tensor<1x8xi8>
}
