// A value that is used before it is made is refused before any pass sees it.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule))' 2>&1 | FileCheck %s

// CHECK: error: operand #0 does not dominate this use
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "mine.op"(%1) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "mine.op"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
