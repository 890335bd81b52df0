// A time limit is taken; a small graph is solved long before.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 time-limit-ms=10000}))' | FileCheck %s

// CHECK: status = "optimal"
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %3 = "tfl.relu"(%2) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %3 : tensor<1x8xi8>
}
