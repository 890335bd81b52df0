// Private functions serve others: they get no schedule, and a remark says so.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: [Missed] not-scheduled{{.*}}a private function serves others
// CHECK-NOT: respect.stage
func.func private @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
