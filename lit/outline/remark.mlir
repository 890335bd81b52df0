// A remark says what was outlined.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s

// CHECK: remark: [Passed] outlined | Category:respect | Function=main | Remark="2 operations in 2 stages"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
