// A number of stages that is no number is refused before any pass runs.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=many}))' %s 2>&1 | FileCheck %s

// CHECK: failed to add `respect-schedule` with options `stages=many`
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
