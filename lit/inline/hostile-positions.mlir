// Positions that no outlining wrote put operations in a wrong order: MLIR says so, and nothing crashes.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(respect-inline-stages)' 2>&1 | FileCheck %s

// CHECK: error: operand #0 does not dominate this use
func.func private @main_stage_0(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.stage = 0 : i32, respect.positions = array<i64: 9223372036854775807, -5>} {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.pipeline = {stages = 1 : i32}} {
  %0 = call @main_stage_0(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
