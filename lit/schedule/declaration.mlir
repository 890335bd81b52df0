// A declaration is left alone.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: remark: [Missed] not-scheduled | Category:respect | Function=f | Remark="a declaration has no operations"
// CHECK: func.func
// CHECK-NOT: respect.
func.func private @f(tensor<4xi8>) -> tensor<4xi8>
