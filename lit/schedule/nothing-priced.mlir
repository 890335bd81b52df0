// Where no operation has a price no schedule is called optimal, unless that is asked for.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect 2>&1 | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{allow-unpriced=true}))' %s --remarks-filter=respect 2>&1 | FileCheck %s --check-prefix=ALLOWED
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{allow-unpriced=true})' %s | FileCheck %s --check-prefix=PIPELINE

// CHECK: remark: [Missed] nothing-priced | Category:respect | Function=main | Remark="no operation has a price, so the stages balance nothing: give respect.macs, respect.parameter_bytes or respect.compute_us, or allow-unpriced=true to call that optimal"
// CHECK-NOT: not-proved-optimal
// CHECK: status = feasible
// CHECK-SAME: detail = "{{.*}}; not called optimal, as no operation has a price"

// ALLOWED-NOT: no operation has a price
// ALLOWED: status = optimal

// PIPELINE: status = optimal
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
