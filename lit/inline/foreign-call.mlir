// A call in the chain that is of no stage is an operation like others, and gets the stage that it stands in.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s | FileCheck %s

func.func private @else(tensor<4xi8>) -> tensor<4xi8>
// CHECK: func.func @main
// CHECK: call @else({{.*}}) {respect.stage = {{.*}}0
// CHECK: a.one
// CHECK: call @else({{.*}}) {respect.stage = {{.*}}0
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.pipeline = {stages = 1 : i32}} {
  %0 = call @else(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = call @main_stage_0(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = call @else(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
func.func private @main_stage_0(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.stage = 0 : i32} {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
