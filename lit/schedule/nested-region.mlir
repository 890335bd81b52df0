// An operation with a region is one node, and reads what its region captures; what is inside has no stage.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 4,
// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 3>}
// CHECK: "a.two"({{.*}}) {respect.stage = #respect.stage<1 of 3>}
// CHECK: "a.inner"({{.*}}) : (
// CHECK: }) {respect.stage = #respect.stage<2 of 3>}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<4xi8>
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.loop"(%1) ({
    %3 = "a.inner"(%0, %w) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
    "a.yield"(%3) : (tensor<4xi8>) -> ()
  }) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
