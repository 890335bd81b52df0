// A module without a schedule is an error.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' 2>&1 | FileCheck %s

// CHECK: error: no function is scheduled: run respect-schedule first
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
