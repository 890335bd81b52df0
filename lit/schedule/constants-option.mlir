// The option 'constants' names more operations that are constants. The function keeps the names, so that the passes that
// follow hold the same operations for constants.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory constants=my.weights,my.bias}))' %s -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule),respect-outline-stages,respect-inline-stages)' %t.mlir | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{stages=2 objective=memory constants=my.weights,my.bias})' %s | FileCheck %s --check-prefix=OUTLINED

// CHECK: respect.constants = ["my.weights", "my.bias"]
// CHECK-SAME: peak_parameter_bytes = 1000
// CHECK: %[[W:.*]] = "my.weights"() : ()
// CHECK-NEXT: %[[B:.*]] = "my.bias"() : ()
// CHECK-NEXT: "a.one"(%{{.*}}, %[[W]], %[[B]]) {respect.stage = {{[^0-9]*}}0
// CHECK-NEXT: "a.two"(%{{.*}}, %[[B]]) {respect.stage = {{[^0-9]*}}1

// OUTLINED: func.func private @main_stage_0
// OUTLINED: "my.weights"
// OUTLINED: "my.bias"
// OUTLINED: func.func private @main_stage_1
// OUTLINED-NOT: "my.weights"()
// OUTLINED: "my.bias"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = "my.weights"() : () -> tensor<990xi8>
  %b = "my.bias"() : () -> tensor<10xi8>
  %0 = "a.one"(%x, %w, %b) : (tensor<4xi8>, tensor<990xi8>, tensor<10xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0, %b) : (tensor<4xi8>, tensor<10xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
