// Without options there are two stages.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s | FileCheck %s

// CHECK: stages = 2,
// CHECK: respect.stage = #respect.stage<0
// CHECK: respect.stage = #respect.stage<1
// CHECK-NOT: respect.stage = #respect.stage<2
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
