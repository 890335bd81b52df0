// A stage's function takes no name that anything in the module has, of whatever kind, nor one that another stage has taken; names
// need not be UTF-8.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s -o %t
// RUN: FileCheck %s < %t
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t | FileCheck %s --check-prefix=BACK

// CHECK: func.func @main(
// CHECK: call @main_stage_0_{{[0-9]+}}(
// CHECK: call @main_stage_1_{{[0-9]+}}(
// CHECK: func.func @"\FF"(
// CHECK: call @"\FF_stage_0"(
// CHECK: func.func @"\FE"(
// CHECK: call @"\FE_stage_0"(
// BACK-NOT: call
memref.global "private" @main_stage_0 : memref<4xi8>
module @main_stage_1 {}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func @"\FF"(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
func.func @"\FE"(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
