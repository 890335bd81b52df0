// A compiler that is not there is an error, and nothing is written.
// RUN: rm -rf %t && not %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t edgetpu-compiler=/no/such/program})' 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: cannot emit the stages of 'main': /no/such/program: no such program
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
