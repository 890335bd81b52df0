// tosa.cond_if is one node, with the values that its branches read.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s | FileCheck %s

// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// CHECK: tosa.cond_if
// CHECK: } {respect.stage = #respect.stage<1 of 2>}
func.func @main(%c: tensor<i1>, %x: tensor<4xi8>) -> tensor<4xi8> {
  %0:2 = "a.one"(%c, %x) : (tensor<i1>, tensor<4xi8>) -> (tensor<i1>, tensor<4xi8>)
  %1 = tosa.cond_if %0#0 (%a = %0#1) : tensor<i1> (tensor<4xi8>) -> tensor<4xi8> {
  ^bb0(%a: tensor<4xi8>):
    %2 = tosa.abs %a : (tensor<4xi8>) -> tensor<4xi8>
    tosa.yield %2 : tensor<4xi8>
  } else {
  ^bb0(%a: tensor<4xi8>):
    tosa.yield %a : tensor<4xi8>
  }
  return %1 : tensor<4xi8>
}
