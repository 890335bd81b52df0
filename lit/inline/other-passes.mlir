// Stages that other passes changed are put back: by canonicalize, cse, symbol-dce, the stock inliner, lowering and bufferization.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2},respect-outline-stages)' %s -o %t
// RUN: %respect-opt --pass-pipeline='builtin.module(canonicalize,respect-inline-stages)' %t | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(cse,symbol-dce,respect-inline-stages)' %t | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(inline,symbol-dce,respect-inline-stages)' %t | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(convert-scf-to-cf,respect-inline-stages)' %t | FileCheck %s --check-prefix=LOWERED
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(convert-elementwise-to-linalg),one-shot-bufferize{bufferize-function-boundaries},respect-inline-stages)' %t | FileCheck %s --check-prefix=MEMORY

// CHECK: func.func @main
// CHECK: arith.addi {{.*}}respect.stage
// CHECK: scf.if
// CHECK: arith.subi {{.*}}respect.stage
// CHECK-NEXT: return
// CHECK-NOT: func.func
// LOWERED: cf.cond_br
// LOWERED: arith.subi
// LOWERED-NEXT: return
// LOWERED-NOT: func.func
// MEMORY: func.func @main(%{{.*}}: memref<4xi32
// MEMORY-NOT: func.func
func.func @main(%x: tensor<4xi32>, %c: i1) -> tensor<4xi32> {
  %z = arith.constant dense<0> : tensor<4xi32>
  %0 = arith.addi %x, %x {respect.macs = 1000 : i64} : tensor<4xi32>
  %1 = scf.if %c -> tensor<4xi32> {
    %a = arith.muli %0, %0 : tensor<4xi32>
    scf.yield %a : tensor<4xi32>
  } else {
    %b = arith.addi %0, %z : tensor<4xi32>
    scf.yield %b : tensor<4xi32>
  } {respect.macs = 1000 : i64}
  %2 = arith.subi %1, %0 {respect.macs = 1000 : i64} : tensor<4xi32>
  return %2 : tensor<4xi32>
}
