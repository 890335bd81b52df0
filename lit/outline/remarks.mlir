// A remark says what was outlined.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: [Passed] outlined{{.*}}3 operations in 2 stages
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
