// Every operation gets its stage, and the function says how the schedule came about.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s | FileCheck %s

// CHECK: func.func @main({{.*}} attributes {respect.schedule = #respect.schedule<stages = 3, solver = "respect", status = optimal,
// CHECK-SAME: objective = latency, rules = coral, device = "usb3", bottleneck_us = {{[0-9.]+}}, peak_parameter_bytes = 0,
// CHECK-SAME: lower_bound_us = {{[0-9.]+}}, detail = "{{.*}}">}
// CHECK-NEXT: "a.one"({{.*}}) {respect.macs = 1000 : i64, respect.stage = #respect.stage<0 of 3>}
// CHECK-NEXT: "a.two"({{.*}}) {respect.stage = #respect.stage<1 of 3>}
// CHECK-NEXT: "a.three"({{.*}}) {respect.stage = #respect.stage<2 of 3>}
// CHECK-NEXT: return
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.macs = 1000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
