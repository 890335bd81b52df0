// Two scheduled functions do not share a folder.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' 2>&1 | FileCheck %s

// CHECK: error: main, second are all scheduled, but a folder takes one
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
func.func @second(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
