// One module is run by every scheduler. Its two heavy branches belong in different stages, and each scheduler but
// the two that follow libcoral's walk finds that.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=respect objective=memory}))' %s | FileCheck %s -DSOLVER=respect --check-prefixes=ALL,BEST
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=exact objective=memory}))' %s | FileCheck %s -DSOLVER=exact --check-prefixes=ALL,BEST
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=policy objective=memory}))' %s | FileCheck %s -DSOLVER=policy --check-prefixes=ALL,PEAK
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=order-dp objective=memory}))' %s | FileCheck %s -DSOLVER=order-dp --check-prefixes=ALL,PEAK
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=parameter-count objective=memory}))' %s | FileCheck %s -DSOLVER=parameter-count --check-prefixes=ALL,WALK
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=profiled objective=memory}))' %s | FileCheck %s -DSOLVER=profiled --check-prefixes=ALL,TIME

// BEST: solver = "[[SOLVER]]", status = optimal, {{.*}}peak_parameter_bytes = 800,
// PEAK: solver = "[[SOLVER]]", status = feasible, {{.*}}peak_parameter_bytes = 800,
// WALK: solver = "[[SOLVER]]", status = feasible, {{.*}}peak_parameter_bytes = 1400,
// TIME: solver = "[[SOLVER]]", status = feasible
// ALL: "a.stem"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// ALL: "a.head"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w0 = arith.constant dense<1> : tensor<100xi8>
  %w1 = arith.constant dense<2> : tensor<700xi8>
  %w2 = arith.constant dense<3> : tensor<700xi8>
  %0 = "a.stem"(%x, %w0) : (tensor<4xi8>, tensor<100xi8>) -> tensor<4xi8>
  %1 = "a.left"(%0, %w1) : (tensor<4xi8>, tensor<700xi8>) -> tensor<4xi8>
  %2 = "a.right"(%0, %w2) : (tensor<4xi8>, tensor<700xi8>) -> tensor<4xi8>
  %3 = "a.head"(%1, %2) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %3 : tensor<4xi8>
}
