// Outlining twice is as outlining once.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-outline-stages,respect-outline-stages)' %s | FileCheck %s

// CHECK: call @main_stage_1
// CHECK-NOT: stage_0_stage

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
