// A schedule written by hand passes, and nothing is changed.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s | FileCheck %s

// CHECK: "a.one"({{.*}}) {respect.stage = 0 : i32}
// CHECK: "a.two"({{.*}}) {respect.stage = 1 : i32}
// CHECK-NOT: respect.schedule
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
