// Names matter where files are written: equal ones, which any lowering makes by copying locations, forbid no cut.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-verify-schedule)' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=4},respect-outline-stages)' %s | FileCheck %s --check-prefix=FOUR

// CHECK: respect.stage = {{.*}}2
// FOUR: call @main_stage_3
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("twin")
  %1 = "tfl.abs"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("twin")
  %2 = "tfl.add"(%0, %1) {respect.stage = 2 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8> loc("twin")
  %3 = "tfl.add"(%0, %2) {respect.stage = 2 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %3 : tensor<4xi8>
}
