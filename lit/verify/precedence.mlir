// Under precedence alone an early output is no error.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> (tensor<1x8xi8>, tensor<1x8xi8>) attributes {respect.schedule = {rules = "precedence"}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0, %1 : tensor<1x8xi8>, tensor<1x8xi8>
}
