// Constants are parameters of operations: a function of nothing else has nothing to schedule.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}))' | FileCheck %s

// CHECK-NOT: respect.
func.func @main() -> tensor<1x8xi8> {
  %c = arith.constant dense<1> : tensor<1x8xi8>
  return %c : tensor<1x8xi8>
}
