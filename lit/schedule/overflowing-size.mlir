// A size beyond 64 bits is an error or no place for a cut, never a crash.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' 2>&1 | FileCheck %s

// CHECK: error:
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "mine.op"(%x) : (tensor<1x8xi8>) -> tensor<2147483647x2147483647x2147483647xi8>
  %1 = "mine.op"(%0) : (tensor<2147483647x2147483647x2147483647xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
