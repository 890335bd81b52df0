// Without out-dir the pipeline schedules and outlines, and writes nothing.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-pipeline{stages=3 scheduler=exact objective=memory device=pcie rules=coral})' | FileCheck %s

// CHECK: device = "pcie"
// CHECK-SAME: objective = "memory"
// CHECK-SAME: solver = "exact"
// CHECK: call @main_stage_2
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %3 = "tfl.relu"(%2) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %3 : tensor<1x8xi8>
}
