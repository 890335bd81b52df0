// Stages of a schedule that obeys precedence alone are written only if Coral's runner can run them.

// RUN: rm -rf %t
// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' %s 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: cannot emit the stages of 'main': stages of this schedule, which obeys precedence alone, can't be run by Coral's runner
// CHECK-SAME: rule 3
// CHECK-SAME: schedule it with rules=coral
func.func @main(%x: tensor<1x8xf32>) -> (tensor<1x8xf32>, tensor<1x8xf32>) attributes {respect.schedule = {rules = "precedence"}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<1x8xf32>
}
