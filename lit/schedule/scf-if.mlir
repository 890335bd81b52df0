// scf.if is one node, with the values that its branches read.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s | FileCheck %s

// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: scf.if
// CHECK: } {respect.stage = #respect.stage<1 of 2>}
func.func @main(%c: i1, %x: tensor<4xi8>) -> tensor<4xi8> {
  %0:2 = "a.one"(%c, %x) : (i1, tensor<4xi8>) -> (i1, tensor<4xi8>)
  %1 = scf.if %0#0 -> tensor<4xi8> {
    %2 = "a.two"(%0#1) : (tensor<4xi8>) -> tensor<4xi8>
    scf.yield %2 : tensor<4xi8>
  } else {
    scf.yield %0#1 : tensor<4xi8>
  }
  return %1 : tensor<4xi8>
}
