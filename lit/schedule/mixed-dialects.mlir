// Operations of tosa, tfl and arith share one graph.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s | FileCheck %s

// CHECK: tosa.maximum {{.*}} {respect.stage = #respect.stage<0 of 3>}
// CHECK: "tfl.tanh"({{.*}}) {respect.stage = #respect.stage<1 of 3>}
// CHECK: arith.addi {{.*}} {respect.stage = #respect.stage<2 of 3>}
func.func @main(%x: tensor<8xi8>) -> tensor<8xi8> {
  %w = arith.constant dense<1> : tensor<8xi8>
  %0 = tosa.maximum %x, %w : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  %1 = "tfl.tanh"(%0) : (tensor<8xi8>) -> tensor<8xi8>
  %2 = arith.addi %1, %w : tensor<8xi8>
  return %2 : tensor<8xi8>
}
