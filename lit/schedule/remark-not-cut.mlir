// A remark stands at the operation after which no cut is possible, as its result has a shape known at run time only.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: remark-not-cut.mlir:[[#@LINE+6]]:8: remark: [Missed] not-cut | Category:respect | Function=main |
// CHECK-SAME: no cut can follow this operation: its result {{.*}} has a shape that is known at run time only
// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.two"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.three"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<?xi8>
  %1 = "a.two"(%0) : (tensor<?xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
