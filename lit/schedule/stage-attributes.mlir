// Every operation gets a stage, and the function says how the schedule was found.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' | FileCheck %s

// CHECK: func.func @main
// CHECK-SAME: respect.schedule = {{{.*}}bottleneck_us = {{.*}} : f64, device = "usb3", lower_bound = {{.*}}, objective = "latency", peak_parameter_bytes = 0 : i64, rules = "coral", solver = "auto", stages = 2 : i32, status = "optimal"}
// CHECK: "tfl.relu"(%{{.*}}) {respect.stage = 0 : i32}
// CHECK: "tfl.relu"(%{{.*}}) {respect.stage = 1 : i32}
// CHECK: return
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
