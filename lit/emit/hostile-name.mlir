// A function's name never becomes a path.
// RUN: rm -rf %t && not %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: cannot emit the stages of '../up': its name cannot be that of a file
func.func @"../up"(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
