// Each stage becomes a private function, and the function the chain of calls.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: func.func @main
// CHECK-SAME: respect.pipeline = {stages = 2 : i32}
// CHECK: %[[A:.*]] = call @main_stage_0(%{{.*}})
// CHECK: %[[B:.*]] = call @main_stage_1(%[[A]])
// CHECK: return %[[B]]
// CHECK: func.func private @main_stage_0
// CHECK-SAME: respect.stage = 0 : i32
// CHECK: "tfl.relu"
// CHECK: func.func private @main_stage_1
// CHECK: "tfl.relu"
// CHECK: "tfl.relu"
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
