// Attributes state what an operation costs, and take precedence over what is known of it.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s | FileCheck %s

// CHECK-LABEL: @by_macs
// CHECK-SAME: status = optimal
// CHECK: "a.one"{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: "a.two"{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: "a.three"{{.*}}respect.stage = {{[^0-9]*}}1
func.func @by_macs(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.macs = 1000000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.macs = 1000000 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) {respect.macs = 2000000 : index} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

// CHECK-LABEL: @by_time
// CHECK-SAME: bottleneck_us = 40
// CHECK: "a.one"{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: "a.two"{{.*}}respect.stage = {{[^0-9]*}}1
// CHECK: "tfl.tanh"{{.*}}respect.stage = {{[^0-9]*}}1
func.func @by_time(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.compute_us = 40 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.compute_us = 20.5 : f64} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "tfl.tanh"(%1) {respect.compute_us = 19.0 : f32} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

// CHECK-LABEL: @by_bytes
// CHECK-SAME: peak_parameter_bytes = 500,
func.func @by_bytes(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<9000xi8>
  %0 = "a.one"(%x, %w) {respect.parameter_bytes = 500 : i64} : (tensor<4xi8>, tensor<9000xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.parameter_bytes = 400 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
