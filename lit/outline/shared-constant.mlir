// A constant that two stages use is cloned into both, and goes from the function.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: func.func @main(
// CHECK-NOT: arith.constant
// CHECK: func.func private @main_stage_0(
// CHECK-NEXT: arith.constant {{.*}}dense<1>
// CHECK: func.func private @main_stage_1(
// CHECK-NEXT: arith.constant {{.*}}dense<1>
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<4xi8>
  %0 = "a.one"(%x, %w) {respect.stage = 0 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0, %w) {respect.stage = 1 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
