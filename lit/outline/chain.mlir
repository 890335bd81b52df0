// Each stage becomes a private function, and the function the chain of calls.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}),respect-outline-stages)' %s | FileCheck %s

// CHECK: func.func @main(%[[X:.*]]: tensor<4xi8>) -> tensor<4xi8> attributes {respect.pipeline = {{.*}}}
// CHECK-NEXT: %[[A:.*]] = call @main_stage_0(%[[X]])
// CHECK-NEXT: %[[B:.*]] = call @main_stage_1(%[[A]])
// CHECK-NEXT: %[[C:.*]] = call @main_stage_2(%[[B]])
// CHECK-NEXT: return %[[C]]
// CHECK: func.func private @main_stage_0({{.*}}) -> tensor<4xi8> attributes {respect.stage = #respect.stage<0 of 3>}
// CHECK-NEXT: "a.one"
// CHECK: func.func private @main_stage_1(
// CHECK-NEXT: "a.two"
// CHECK: func.func private @main_stage_2(
// CHECK-NEXT: "a.three"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
