// An output that is a constant comes from the last stage.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: func.func private @main_stage_1
// CHECK: %[[C:.*]] = arith.constant
// CHECK: return %{{.*}}, %[[C]]
func.func @main(%x: tensor<1x8xi8>) -> (tensor<1x8xi8>, tensor<1x8xi8>) {
  %c = arith.constant dense<1> : tensor<1x8xi8>
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1, %c : tensor<1x8xi8>, tensor<1x8xi8>
}
