// All results that a later stage reads are returned.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: %[[A:.*]]:2 = call @main_stage_0(
// CHECK-NEXT: call @main_stage_1(%[[A]]#0, %[[A]]#1)
// CHECK: func.func private @main_stage_0({{.*}}) -> (tensor<2xi8>, tensor<2xi8>)
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0:2 = "a.split"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> (tensor<2xi8>, tensor<2xi8>)
  %1 = "a.join"(%0#0, %0#1) {respect.stage = 1 : i32} : (tensor<2xi8>, tensor<2xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
