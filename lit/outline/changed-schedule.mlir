// Other passes may come between schedule and stages: figures are those of now, what was proved is dropped, and new operations get a
// stage. Only respect-verify-schedule holds the IR to what it says.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2},cse,respect-outline-stages)' --remarks-filter=respect %s 2>&1 | FileCheck %s
// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2},cse,respect-verify-schedule)' %s 2>&1 | FileCheck %s --check-prefix=VERIFY
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence},canonicalize,cse,respect-outline-stages,canonicalize,respect-inline-stages)' %s -o %t

// CHECK: stale-schedule
// CHECK: respect.pipeline = #respect.schedule<stages = 2, solver = "respect", objective = latency, rules = coral, device = "usb3", bottleneck_us = {{[0-9.]+}}, peak_parameter_bytes = {{[0-9]+}}>
// VERIFY: error: 'respect.schedule' says
func.func @main(%x: tensor<1x8xi32>) -> tensor<1x8xi32> {
  %w = arith.constant dense<3> : tensor<1x8xi32>
  %w2 = arith.constant dense<3> : tensor<1x8xi32>
  %0 = arith.addi %x, %w : tensor<1x8xi32>
  %00 = arith.addi %x, %w2 : tensor<1x8xi32>
  %1 = "a.side"(%0, %00) {respect.macs = 1000 : i64} : (tensor<1x8xi32>, tensor<1x8xi32>) -> tensor<1x8xi32>
  %2 = "a.two"(%1, %w2) : (tensor<1x8xi32>, tensor<1x8xi32>) -> tensor<1x8xi32>
  %3 = "a.four"(%2, %w) : (tensor<1x8xi32>, tensor<1x8xi32>) -> tensor<1x8xi32>
  return %3 : tensor<1x8xi32>
}
