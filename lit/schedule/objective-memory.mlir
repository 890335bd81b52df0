// For memory the largest stage is made small, and the bound is in bytes.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{objective=memory}))' %s | FileCheck %s

// CHECK: objective = memory, {{.*}}peak_parameter_bytes = 60, lower_bound_bytes = 60,
// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.two"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.three"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w0 = arith.constant dense<1> : tensor<30xi8>
  %w1 = arith.constant dense<2> : tensor<30xi8>
  %w2 = arith.constant dense<3> : tensor<50xi8>
  %0 = "a.one"(%x, %w0) : (tensor<4xi8>, tensor<30xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0, %w1) : (tensor<4xi8>, tensor<30xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1, %w2) : (tensor<4xi8>, tensor<50xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
