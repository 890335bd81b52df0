// A stage of several blocks is put back with all of them. The schedule, which is for one block, is dropped with a remark.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' --remarks-filter=respect %s 2>&1 | FileCheck %s

// CHECK: inlined-blocks{{.*}}the schedule is dropped: with several blocks the function can't be cut
// CHECK: func.func @main(%[[X:.*]]: tensor<4xi32>) -> tensor<4xi32> {
// CHECK-NEXT: %[[A:.*]] = arith.addi %[[X]], %[[X]] : tensor<4xi32>
// CHECK-NEXT: cf.br ^bb1(%[[A]] : tensor<4xi32>)
// CHECK-NEXT: ^bb1(%[[B:.*]]: tensor<4xi32>):
// CHECK-NEXT: %[[C:.*]] = arith.muli %[[B]], %[[X]] : tensor<4xi32>
// CHECK-NEXT: cf.br ^bb2(%[[C]] : tensor<4xi32>)
// CHECK-NEXT: ^bb2(%[[D:.*]]: tensor<4xi32>):
// CHECK-NEXT: %[[E:.*]] = arith.subi %[[D]], %[[D]] : tensor<4xi32>
// CHECK-NEXT: return %[[E]]
// CHECK-NOT: respect.
func.func @main(%x: tensor<4xi32>) -> tensor<4xi32> attributes {respect.pipeline = {stages = 2 : i32}} {
  %0 = call @main_stage_0(%x) : (tensor<4xi32>) -> tensor<4xi32>
  %1 = call @main_stage_1(%0) : (tensor<4xi32>) -> tensor<4xi32>
  return %1 : tensor<4xi32>
}
func.func private @main_stage_0(%x: tensor<4xi32>) -> tensor<4xi32> attributes {respect.stage = 0 : i32} {
  %0 = arith.addi %x, %x {respect.stage = 0 : i32} : tensor<4xi32>
  cf.br ^bb1(%0 : tensor<4xi32>)
^bb1(%a: tensor<4xi32>):
  %1 = arith.muli %a, %x : tensor<4xi32>
  return %1 : tensor<4xi32>
}
func.func private @main_stage_1(%x: tensor<4xi32>) -> tensor<4xi32> attributes {respect.stage = 1 : i32} {
  %0 = arith.subi %x, %x : tensor<4xi32>
  return %0 : tensor<4xi32>
}
