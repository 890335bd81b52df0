// device=pcie is noted with the schedule.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 device=pcie}))' | FileCheck %s

// CHECK: device = "pcie"
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
