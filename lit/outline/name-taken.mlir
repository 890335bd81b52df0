// A function that has the name of a stage is in the way: an error, and the module stays as it was.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' -verify-diagnostics

// expected-error @+1 {{stage 1 would become '@main_stage_1', but there is one}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
func.func private @main_stage_1(tensor<1x8xi8>) -> tensor<1x8xi8>
