// Every operation gets its stage, and the function says how the schedule came about.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s | FileCheck %s

// CHECK: func.func @main({{.*}} attributes {respect.schedule = {bottleneck_us = {{.*}} : f64, detail = "{{.*}}", device = "usb3",
// CHECK-SAME: lower_bound = {{.*}} : f64, objective = "latency", peak_parameter_bytes = 0 : i64, rules = "coral",
// CHECK-SAME: solver = "respect", stages = 3 : i32, status = "optimal"}}
// CHECK-NEXT: "a.one"({{.*}}) {respect.macs = 1000 : i64, respect.stage = 0 : i32}
// CHECK-NEXT: "a.two"({{.*}}) {respect.stage = 1 : i32}
// CHECK-NEXT: "a.three"({{.*}}) {respect.stage = 2 : i32}
// CHECK-NEXT: return
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.macs = 1000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
