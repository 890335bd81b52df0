// A remark says that a schedule is not proved, and how far at most it may be from the optimum.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=parameter-count objective=memory}))' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s

// CHECK: remark: [Passed] scheduled
// CHECK: remark: [Missed] not-proved-optimal | Category:respect | Function=main | Remark="not proved optimal: at most {{[0-9.]+}} % above the optimum"
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
