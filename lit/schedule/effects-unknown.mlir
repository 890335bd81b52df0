// What says nothing of its effects keeps its order, unless it is named as pure; a remark tells of it.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence})' --remarks-filter=respect %s 2>&1 | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence pure=a})' --remarks-filter=respect %s 2>&1 | FileCheck %s --check-prefix=PURE
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence pure=a.late,a.early})' %s -o %t
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages,respect-inline-stages,respect-verify-schedule)' %t

// CHECK: operations of unknown side effects keep their order (1 x a.early, 1 x a.late); name those without any, or their dialect, with pure=
// CHECK: a.late{{.*}}#respect.stage<0 of 2>
// CHECK: a.early{{.*}}#respect.stage<1 of 2>
// PURE-NOT: unknown side effects
// PURE: respect.pure = ["a"]
func.func @main(%x: tensor<4xi8>, %y: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>) {
  %0 = "a.late"(%x) {respect.macs = 1000000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.early"(%y) {respect.macs = 1000000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %0, %1 : tensor<4xi8>, tensor<4xi8>
}
