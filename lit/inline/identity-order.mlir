// Operations go back to where they stood, although stages took turns in the file.

// RUN: %respect-opt %s -o %t.before
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %t.before -o %t.outlined
// RUN: FileCheck %s < %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t.outlined -o %t.inlined
// RUN: diff %t.before %t.inlined

// CHECK: func.func private @main_stage_0({{.*}}respect.positions = array<i64: 0, 2>
// CHECK: func.func private @main_stage_1({{.*}}respect.positions = array<i64: 1, 3>
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {stages = 2 : i32}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.late"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.early"(%0) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %3 = "a.join"(%1, %2) {respect.stage = 1 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %3 : tensor<4xi8>
}
