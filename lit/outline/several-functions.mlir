// Every scheduled function of a module is outlined, under its own name; others stay.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: func.func @main(
// CHECK: call @main_stage_0
// CHECK: func.func @other(
// CHECK: call @other_stage_0
// CHECK: func.func @plain(
// CHECK-NEXT: "a.one"
// CHECK-DAG: func.func private @main_stage_1(
// CHECK-DAG: func.func private @other_stage_1(
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func @other(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func @plain(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
