// An operation outside of TensorFlow Lite is an error at the operation.

// RUN: rm -rf %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t})' %s -verify-diagnostics
// RUN: not ls %t

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @+1 {{is no operator of TensorFlow Lite: convert it to the tfl dialect first}}
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
