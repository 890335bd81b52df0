// A constant that two stages use is cloned into both, and leaves the function.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: func.func @main
// CHECK-NOT: arith.constant
// CHECK: func.func private @main_stage_0
// CHECK: arith.constant dense<1> : tensor<8xi8>
// CHECK: func.func private @main_stage_1
// CHECK: arith.constant dense<1> : tensor<8xi8>
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %c = arith.constant dense<1> : tensor<8xi8>
  %0 = "tfl.add"(%x, %c) {respect.stage = 0 : i32} : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.add"(%0, %c) {respect.stage = 1 : i32} : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
