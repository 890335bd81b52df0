// A remark says what was done: operations, stages, figures and the proof.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s

// CHECK: remark-passed.mlir:[[#@LINE+1]]:1: remark: [Passed] scheduled | Category:respect | Function=main | Remark="3 operations in 2 stages: bottleneck {{.*}} us, largest stage 0 B, optimal (proved over {{.*}}"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.macs = 1000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
