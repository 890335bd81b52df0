// A stage that is called twice is put back in both places of the chain; what is called from elsewhere stays, and is no stage any
// more.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s | FileCheck %s

// CHECK: func.func @main
// CHECK-NEXT: "a.one"({{.*}}) {respect.stage = {{.*}}0
// CHECK-NEXT: "a.one"({{.*}}) {respect.stage = {{.*}}0
// CHECK-NEXT: "a.two"({{.*}}) {respect.stage = {{.*}}1
// CHECK-NEXT: return
// CHECK-NOT: @main_stage_0
// CHECK: func.func private @main_stage_1({{.*}}) -> tensor<4xi8> {
// CHECK-NEXT: "a.two"(%{{.*}}) :
// CHECK: @profile
// CHECK-NEXT: call @main_stage_1
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.pipeline = {stages = 2 : i32}} {
  %0 = call @main_stage_0(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = call @main_stage_0(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = call @main_stage_1(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
func.func private @main_stage_0(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.stage = 0 : i32} {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
func.func private @main_stage_1(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.stage = 1 : i32} {
  %0 = "a.two"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
func.func @profile(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = call @main_stage_1(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
