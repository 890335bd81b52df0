// Every public function of a module gets a schedule of its own.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s | FileCheck %s

// CHECK: func.func @f({{.*}}respect.schedule
// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.two"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
// CHECK: func.func @g({{.*}}respect.schedule
// CHECK: "a.three"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.four"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @f(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
func.func @g(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.three"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.four"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
