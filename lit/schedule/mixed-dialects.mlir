// Operations of several dialects are scheduled together.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' | FileCheck %s

// CHECK: "tfl.relu"{{.*}}respect.stage = 0
// CHECK: tosa.abs{{.*}}respect.stage = 1
// CHECK: "mine.op"{{.*}}respect.stage = 2
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<8xf32>) -> tensor<8xf32>
  %1 = tosa.abs %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = "mine.op"(%1) : (tensor<8xf32>) -> tensor<8xf32>
  return %2 : tensor<8xf32>
}
