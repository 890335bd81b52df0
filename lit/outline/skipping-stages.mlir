// A value that skips a stage goes by the caller, not through the stage between.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: %[[A:.*]] = call @main_stage_0(
// CHECK-NEXT: %[[B:.*]] = call @main_stage_1(%[[A]])
// CHECK-NEXT: call @main_stage_2(%[[A]], %[[B]])
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%0, %1) {respect.stage = 2 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
