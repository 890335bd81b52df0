// One word schedules, judges and outlines; nothing is written without out-dir.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline)' %s | FileCheck %s

// CHECK: <stages = 2, solver = "respect"
// CHECK: call @main_stage_0
// CHECK: call @main_stage_1

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
