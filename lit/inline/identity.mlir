// Outlined and put back, a function is what it was, to the letter.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s -o %t.scheduled
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %t.scheduled -o %t.outlined
// RUN: FileCheck %s < %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t.outlined -o %t.inlined
// RUN: diff %t.scheduled %t.inlined

// CHECK: call @main_stage_1
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
