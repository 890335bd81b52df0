// With the rules of precedence a function returns what any of its stages makes, what its caller passes, and one value twice.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence},respect-outline-stages)' %s -o %t
// RUN: FileCheck %s < %t
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages,respect-verify-schedule)' %t | FileCheck %s --check-prefix=BACK

// CHECK: func.func @main(%[[X:.*]]: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>)
// CHECK-NEXT: %[[A:.*]] = call @main_stage_0(%[[X]])
// CHECK-NEXT: %[[B:.*]] = call @main_stage_1(%[[X]])
// CHECK-NEXT: return %[[B]], %[[A]], %[[X]], %[[A]]
// BACK: return %1, %0, %arg0, %0
func.func @main(%x: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>) {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %1, %0, %x, %0 : tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>
}
