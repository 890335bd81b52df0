// Without a schedule the number of stages is what a stage says, so that a last stage without operations is found.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s 2>&1 | FileCheck %s

// CHECK: error: rule 7: stage 2 holds no operation
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = #respect.stage<0 of 3>} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = #respect.stage<1 of 3>} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) {respect.stage = #respect.stage<1 of 3>} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
