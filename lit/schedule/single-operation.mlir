// A single operation is one stage.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}))' %s | FileCheck %s

// CHECK: "a.one"({{.*}}) {respect.stage = #respect.stage<0 of 1>}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
