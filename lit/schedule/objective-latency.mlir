// For latency the cut goes where little is handed on, whatever the stages then hold, and the bound is a time.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{objective=latency}))' %s | FileCheck %s

// CHECK: objective = latency, {{.*}}peak_parameter_bytes = 110, lower_bound_us = {{[0-9.]+}},
// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.two"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
// CHECK: "a.three"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<110xi8>
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0, %w) : (tensor<4xi8>, tensor<110xi8>) -> tensor<9000xi8>
  %2 = "a.three"(%1) : (tensor<9000xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
