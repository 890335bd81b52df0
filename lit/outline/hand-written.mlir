// Stages written by hand are outlined without any other attribute.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: respect.pipeline = #respect.schedule<stages = 2>
// CHECK: func.func private @main_stage_0
// CHECK: "a.one"
// CHECK: func.func private @main_stage_1
// CHECK: "a.two"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
