// A constant that is reshaped, transposed or rescaled before its use is a constant still, and is cloned with it.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}),respect-outline-stages)' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}),respect-outline-stages,respect-inline-stages)' %s | FileCheck %s --check-prefix=WHOLE

// CHECK: peak_parameter_bytes = 64
// CHECK-LABEL: func.func private @main_stage_0
// CHECK: tosa.reshape
// CHECK: tosa.add
// CHECK-LABEL: func.func private @main_stage_1
// CHECK: tosa.reshape
// CHECK: "a.two"

// WHOLE-COUNT-1: tosa.reshape
// WHOLE: tosa.add
// WHOLE-NOT: tosa.reshape
func.func @main(%x: tensor<4x4xi32>) -> tensor<4x4xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<16xi32>}> : () -> tensor<16xi32>
  %shape = tosa.const_shape {values = dense<[4, 4]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %r = tosa.reshape %w, %shape : (tensor<16xi32>, !tosa.shape<2>) -> tensor<4x4xi32>
  %0 = tosa.add %x, %r : (tensor<4x4xi32>, tensor<4x4xi32>) -> tensor<4x4xi32>
  %1 = "a.two"(%0, %r) : (tensor<4x4xi32>, tensor<4x4xi32>) -> tensor<4x4xi32>
  return %1 : tensor<4x4xi32>
}
