// A value that skips a stage is an output of the one and an input of the other.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: %[[A:.*]] = call @main_stage_0
// CHECK: %[[B:.*]] = call @main_stage_1(%[[A]])
// CHECK: call @main_stage_2(%[[A]], %[[B]])
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.add"(%0, %1) {respect.stage = 2 : i32} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
