// A function whose stages are outlined is left as it is, and a remark says what to do.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-outline-stages)' %s -o %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %t.outlined -o %t.again --remarks-filter=respect 2>&1 | FileCheck %s
// RUN: diff %t.outlined %t.again

// CHECK: remark: [Missed] not-scheduled | {{.*}}Function=main | Remark="the function's stages are outlined already; run respect-inline-stages first to schedule it again"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
