// A constant that was cloned into two stages is one again.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s -o %t.scheduled
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %t.scheduled -o %t.outlined
// RUN: FileCheck %s < %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t.outlined -o %t.inlined
// RUN: diff %t.scheduled %t.inlined

// CHECK: call @main_stage_1
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<4xi8>
  %0 = "a.one"(%x, %w) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0, %w) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
