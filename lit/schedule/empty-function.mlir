// A function without operations is left as it is, and a remark says so.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' | FileCheck %s
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' --remarks-filter=respect 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-NOT: respect.
// REMARK: [Missed] not-scheduled{{.*}}no operations but constants
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  return %x : tensor<1x8xi8>
}
