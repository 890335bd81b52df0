// A declaration is left alone.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' | FileCheck %s

// CHECK-NOT: respect.
func.func private @elsewhere(tensor<1x8xi8>) -> tensor<1x8xi8>
