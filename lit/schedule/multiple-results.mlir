// An operation of several results is one node, and each result an edge.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s | FileCheck %s

// CHECK: "a.split"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: "a.join"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<8xi8>) -> tensor<8xi8> {
  %0:2 = "a.split"(%x) : (tensor<8xi8>) -> (tensor<4xi8>, tensor<4xi8>)
  %1 = "a.join"(%0#1, %0#0) : (tensor<4xi8>, tensor<4xi8>) -> tensor<8xi8>
  return %1 : tensor<8xi8>
}
