// Notes of a value are in each stage that uses them, those of a note and those that nothing uses included; what crosses
// is the value. They come back as they were.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages,respect-inline-stages)' %s -o %t.back
// RUN: %respect-opt %s -o %t.before
// RUN: diff %t.before %t.back

// CHECK: func.func @main(
// CHECK-NOT: quantfork.stats
// CHECK: call @main_stage_0(
// CHECK-NOT: quantfork.stats
// CHECK: func.func private @main_stage_0(
// CHECK-NEXT: "quantfork.stats"(%arg0)
// CHECK-NEXT: %[[A:.*]] = "a.one"(
// CHECK-NEXT: %[[B:.*]] = "quantfork.stats"(%[[A]])
// CHECK-NEXT: "quantfork.stats"(%[[A]]) <{layerStats = dense<[-2.0
// CHECK-NEXT: %[[C:.*]] = "a.two"(%[[B]])
// CHECK-NEXT: return %[[A]], %[[C]]
// CHECK: func.func private @main_stage_1(
// CHECK-NEXT: %[[D:.*]] = "quantfork.stats"(%arg0)
// CHECK-NEXT: %[[E:.*]] = "quantfork.stats"(%[[D]])
// CHECK-NEXT: %[[F:.*]] = "a.three"(%[[E]], %arg1)
// CHECK-NEXT: %[[G:.*]] = "quantfork.stats"(%[[F]])
// CHECK-NEXT: return %[[G]]
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> attributes {respect.schedule = {stages = 2 : i32}} {
  %s = "quantfork.stats"(%x) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  %0 = "a.one"(%s) {respect.stage = 0 : i32} : (tensor<4xf32>) -> tensor<4xf32>
  %t = "quantfork.stats"(%0) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  %unused = "quantfork.stats"(%0) <{layerStats = dense<[-2.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  %1 = "a.two"(%t) {respect.stage = 0 : i32} : (tensor<4xf32>) -> tensor<4xf32>
  %u = "quantfork.stats"(%t) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  %2 = "a.three"(%u, %1) {respect.stage = 1 : i32} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %v = "quantfork.stats"(%2) <{layerStats = dense<[-1.0, 1.0]> : tensor<2xf32>}> : (tensor<4xf32>) -> tensor<4xf32>
  return %v : tensor<4xf32>
}
