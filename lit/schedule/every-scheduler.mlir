// Every scheduler finds the only schedule there is.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=auto}))' | FileCheck %s -DSOLVER=auto
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=exact}))' | FileCheck %s -DSOLVER=exact
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=order-dp}))' | FileCheck %s -DSOLVER=order-dp
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=parameter-count}))' | FileCheck %s -DSOLVER=parameter-count

// CHECK: solver = "[[SOLVER]]"
// CHECK: respect.stage = 0
// CHECK: respect.stage = 1
// CHECK: respect.stage = 2
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %c = arith.constant dense<1> : tensor<100x8xi8>
  %d = arith.constant dense<2> : tensor<100x8xi8>
  %e = arith.constant dense<3> : tensor<100x8xi8>
  %0 = "mine.op"(%x, %c) : (tensor<1x8xi8>, tensor<100x8xi8>) -> tensor<1x8xi8>
  %1 = "mine.op"(%0, %d) : (tensor<1x8xi8>, tensor<100x8xi8>) -> tensor<1x8xi8>
  %2 = "mine.op"(%1, %e) : (tensor<1x8xi8>, tensor<100x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
