// The verifier of MLIR accepts the module after each pass.

// RUN: %respect-opt --verify-each --pass-pipeline='builtin.module(func.func(respect-schedule),func.func(respect-verify-schedule),respect-outline-stages,respect-inline-stages)' %s | FileCheck %s

// CHECK: respect.schedule
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
