// A private function is left alone: it serves others.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: remark: [Missed] not-scheduled | Category:respect | Function=f | Remark="a private function serves others: name it with functions= to schedule it"
// CHECK: func.func
// CHECK-NOT: respect.
func.func private @f(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
