// A host that knows the passes alone reads the attributes as text, which the passes read again: one mlir-opt hands on to another.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s > %t.scheduled
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %t.scheduled | diff %t.scheduled -
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %t.scheduled > %t.outlined
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %t.outlined | diff %t.scheduled -
// RUN: mlir-opt --allow-unregistered-dialect %t.outlined | diff %t.outlined -
// RUN: %respect-opt --load-dialect-plugin=%plugin %t.outlined | diff %t.outlined -
// RUN: FileCheck %s < %t.outlined

// CHECK: respect.pipeline = #respect.schedule<stages = 2
// CHECK: respect.stage = #respect.stage<1 of 2>
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
