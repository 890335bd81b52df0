// Rule 5: a tensor held for a later stage has a name of its own.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s 2>&1 | FileCheck %s

// CHECK: error: {{.*}}rule 5: tensor 'twin' is held after stage 0 but shares its name with another tensor
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("twin")
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("twin")
  %2 = "a.three"(%0, %1) {respect.stage = 2 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
