// An operation with regions is one node: what its regions use from outside are its inputs and its parameters.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}))' | FileCheck %s

// CHECK: peak_parameter_bytes = 8 : i64
// CHECK: "tfl.relu"{{.*}}respect.stage = 0
// CHECK: "test.region"
// CHECK: "tfl.add"
// CHECK-NOT: respect.stage = 0
// CHECK: }) {respect.stage = 1 : i32}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %c = arith.constant dense<1> : tensor<8xi8>
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "test.region"() ({
    %2 = "tfl.add"(%0, %c) : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
    "test.yield"(%2) : (tensor<1x8xi8>) -> ()
  }) : () -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
