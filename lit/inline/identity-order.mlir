// Operations go back to where they stood, although stages took turns in the file.

// RUN: %respect-opt %s -o %t.before
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %t.before -o %t.outlined
// RUN: FileCheck %s < %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t.outlined -o %t.inlined
// RUN: diff %t.before %t.inlined

// CHECK: func.func private @main_stage_0
// CHECK: tfl.relu{{.*}}respect.position = 0
// CHECK: tfl.abs{{.*}}respect.position = 2
// CHECK: func.func private @main_stage_1
// CHECK: tfl.tanh{{.*}}respect.position = 1
// CHECK: tfl.add{{.*}}respect.position = 3
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {stages = 2 : i32}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "tfl.abs"(%0) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %3 = "tfl.add"(%1, %2) {respect.stage = 1 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %3 : tensor<4xi8>
}
