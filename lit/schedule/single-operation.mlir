// One operation is one stage.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}))' | FileCheck %s

// CHECK: "tfl.relu"(%{{.*}}) {respect.stage = 0 : i32}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
