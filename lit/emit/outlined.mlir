// Outlined functions are emitted as well; the module stays outlined.
// RUN: rm -rf %t && %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages,respect-emit-stages{out-dir=%t})' | FileCheck %s
// RUN: %respect verify %t

// CHECK: call @main_stage_1
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
