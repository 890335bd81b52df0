// An operation that notes statistics of a value hands it on: it is no operation, has no stage, and joins what it is between.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s | FileCheck %s

// CHECK: respect.schedule = #respect.schedule<stages = 2,
// CHECK: quantfork.stats
// CHECK-NOT: respect.stage
// CHECK: "tfl.abs"({{.*}}respect.stage = #respect.stage<0 of 2>
// CHECK: quantfork.stats
// CHECK-NOT: respect.stage
// CHECK: "tfl.neg"({{.*}}respect.stage = #respect.stage<1 of 2>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s = "quantfork.stats"(%x) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  %0 = "tfl.abs"(%s) : (tensor<4xf32>) -> tensor<4xf32>
  %t = "quantfork.stats"(%0) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  %1 = "tfl.neg"(%t) : (tensor<4xf32>) -> tensor<4xf32>
  %u = "quantfork.stats"(%1) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  return %u : tensor<4xf32>
}
