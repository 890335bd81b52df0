// The functions that are named are scheduled, private ones too, and no others.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{functions=b,c})' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{functions=b,c}))' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{functions=b,c})' %s | FileCheck %s --check-prefix=PIPELINE

// CHECK: func.func @a({{.*}}) -> tensor<4xi8> {
// CHECK-NOT: respect.
// CHECK: func.func @b({{.*}}respect.schedule
// CHECK: respect.stage
// CHECK: func.func private @c({{.*}}respect.schedule
// CHECK: respect.stage
// CHECK: func.func private @d({{.*}}) -> tensor<4xi8> {
// CHECK-NOT: respect.

// PIPELINE-NOT: call @a_stage
// PIPELINE: call @b_stage_0
// PIPELINE: call @c_stage_0
func.func @a(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func @b(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func private @c(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func private @d(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
