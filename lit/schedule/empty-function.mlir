// An empty function is left alone, and a remark says why.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: remark: [Missed] not-scheduled | Category:respect | Function=f | Remark="a function of constants alone has nothing to schedule"
// CHECK: func.func
// CHECK-NOT: respect.
func.func @f() {
  return
}
