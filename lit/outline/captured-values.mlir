// What a region captures is passed into its stage, constants included.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: func.func private @main_stage_1(%[[A:.*]]: tensor<1x8xi8>)
// CHECK: %[[C:.*]] = arith.constant
// CHECK: "tfl.add"(%[[A]], %[[C]])
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %c = arith.constant dense<1> : tensor<8xi8>
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "test.region"() ({
    %2 = "tfl.add"(%0, %c) : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
    "test.yield"(%2) : (tensor<1x8xi8>) -> ()
  }) {respect.stage = 1 : i32} : () -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
