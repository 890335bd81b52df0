// A stage that ends without a return, because another pass found that it never gets there, is put back with its own end.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s | FileCheck %s

// CHECK: func.func @main
// CHECK: arith.addi
// CHECK-NEXT: ub.unreachable
// CHECK-NEXT: ^bb1(%[[R:.*]]: i32):
// CHECK-NEXT: return %[[R]]
func.func @main(%x: i32) -> i32 attributes {respect.pipeline = {stages = 1 : i32}} {
  %0 = call @main_stage_0(%x) : (i32) -> i32
  return %0 : i32
}
func.func private @main_stage_0(%x: i32) -> i32 attributes {respect.stage = 0 : i32} {
  %0 = arith.addi %x, %x : i32
  ub.unreachable
}
