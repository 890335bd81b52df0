// Remarks say how many stages were written and where, and what to do with as many devices.

// RUN: rm -rf %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t})' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s

// CHECK: remark: [Passed] emitted | Category:respect | Function=main | Remark="2 stages in {{.*}}"
// CHECK: remark: [Passed] advice | Category:respect | Function=main | Remark="with 2 devices: run a copy of the whole model on each of 2 devices: {{.*}}"
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
