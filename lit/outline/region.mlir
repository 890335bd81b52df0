// What a region captures comes into its stage: values as arguments, constants as clones.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}),respect-outline-stages)' %s | FileCheck %s

// CHECK: func.func private @main_stage_2(%[[A:.*]]: tensor<4xi8>, %[[B:.*]]: tensor<4xi8>)
// CHECK-NEXT: %[[W:.*]] = arith.constant {{.*}}dense<1>
// CHECK-NEXT: "a.loop"
// CHECK: "a.inner"(%{{.*}}, %[[W]])
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<4xi8>
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.loop"(%1) ({
    %3 = "a.inner"(%0, %w) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
    "a.yield"(%3) : (tensor<4xi8>) -> ()
  }) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
