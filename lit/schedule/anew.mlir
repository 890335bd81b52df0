// A schedule replaces the one before, with other options.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}),func.func(respect-schedule{stages=1}))' %s | FileCheck %s

// CHECK: stages = 1,
// CHECK-NOT: #respect.stage<{{[12]}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
