// Only operations of the tfl dialect have a place in a TensorFlow Lite file; nothing is written.
// RUN: rm -rf %t && %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' -verify-diagnostics
// RUN: not ls %t

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  // expected-error @+1 {{'mine.op' is no operator of TensorFlow Lite}}
  %0 = "mine.op"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
