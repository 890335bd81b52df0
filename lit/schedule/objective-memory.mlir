// With objective=memory the bound is in bytes, and the largest stage is smallest.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}))' | FileCheck %s

// CHECK: lower_bound = 800 : i64, objective = "memory", peak_parameter_bytes = 800 : i64
// CHECK: "mine.op"{{.*}}respect.stage = 0
// CHECK: "tfl.relu"
// CHECK: "mine.op"{{.*}}respect.stage = 1
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %c = arith.constant dense<1> : tensor<100x8xi8>
  %d = arith.constant dense<2> : tensor<100x8xi8>
  %0 = "mine.op"(%x, %c) : (tensor<1x8xi8>, tensor<100x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "mine.op"(%1, %d) : (tensor<1x8xi8>, tensor<100x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
