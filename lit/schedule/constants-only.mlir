// A function of constants alone has nothing to schedule.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: remark: [Missed] not-scheduled | Category:respect | Function=f | Remark="a function of constants alone has nothing to schedule"
// CHECK: func.func
// CHECK-NOT: respect.
func.func @f() -> tensor<4xi8> {
  %0 = arith.constant dense<1> : tensor<4xi8>
  return %0 : tensor<4xi8>
}
