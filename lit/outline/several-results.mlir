// Operations with several results hand on each of them.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: %[[A:.*]]:2 = call @main_stage_0
// CHECK: call @main_stage_1(%[[A]]#0, %[[A]]#1)
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0:2 = "mine.split"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> (tensor<1x8xi8>, tensor<1x8xi8>)
  %1 = "tfl.add"(%0#0, %0#1) {respect.stage = 1 : i32} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
