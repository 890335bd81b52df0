// Precedence alone lets an output leave an early stage.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{rules=precedence}),func.func(respect-verify-schedule))' %s | FileCheck %s

// CHECK: rules = precedence
// CHECK-DAG: respect.stage = #respect.stage<0
// CHECK-DAG: respect.stage = #respect.stage<1
func.func @main(%x: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>) {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0, %1 : tensor<4xi8>, tensor<4xi8>
}
