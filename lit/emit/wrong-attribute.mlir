// An attribute of the wrong kind is an error at the operation, and nothing is written.

// RUN: rm -rf %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t})' %s -verify-diagnostics
// RUN: not ls %t

func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  // expected-error @+1 {{beta}}
  %0 = "tfl.softmax"(%x) {beta = "hot"} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
