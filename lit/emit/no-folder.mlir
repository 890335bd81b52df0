// Without a folder there is nothing to emit to.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{})' 2>&1 | FileCheck %s

// CHECK: error: respect-emit-stages has no folder to write to: give out-dir=DIR
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
