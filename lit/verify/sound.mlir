// A sound schedule by hand passes.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
