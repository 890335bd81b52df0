// Positions that no outlining wrote put operations in another order only where data and side effects allow it.

// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-inline-stages)' | FileCheck %s

// CHECK: func.func @main
// CHECK-NEXT: tfl.tanh
// CHECK-NEXT: tfl.add
// CHECK-NEXT: tfl.relu
// CHECK-NEXT: tfl.abs
// CHECK-NEXT: a.print
// CHECK-NEXT: a.print
// CHECK-NEXT: return
func.func private @main_stage_0(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.stage = 0 : i32} {
  %0 = "tfl.relu"(%x) {respect.position = 9223372036854775807 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.abs"(%0) {respect.position = 0 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  "a.print"(%1) {respect.position = 4 : i64} : (tensor<1x8xi8>) -> ()
  "a.print"(%0) {respect.position = 3 : i64} : (tensor<1x8xi8>) -> ()
  %2 = "tfl.tanh"(%x) {respect.position = 1 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %3 = "tfl.add"(%2, %2) {respect.position = 1 : i64} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %3 : tensor<1x8xi8>
}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.pipeline = {stages = 1 : i32}} {
  %0 = call @main_stage_0(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
