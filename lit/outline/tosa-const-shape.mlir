// A shape of TOSA is a constant: it has no stage, and each stage that reads it has its own.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s | FileCheck %s --check-prefix=STAGES
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}),respect-outline-stages)' %s | FileCheck %s

// STAGES: tosa.const_shape
// STAGES-NOT: respect.stage
// STAGES-SAME: -> !tosa.shape<2>
// STAGES: tosa.reshape {{.*}}respect.stage
// STAGES: tosa.reshape {{.*}}respect.stage
// CHECK: func.func private @main_stage_0(%{{[^,]*}}: tensor<4x4xi8>) -> tensor<2x8xi8>
// CHECK-NEXT: tosa.const_shape
// CHECK: func.func private @main_stage_1(%{{[^,]*}}: tensor<2x8xi8>) -> tensor<2x8xi8>
// CHECK-NEXT: tosa.const_shape
func.func @main(%x: tensor<4x4xi8>) -> tensor<2x8xi8> {
  %s = tosa.const_shape {values = dense<[2, 8]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.reshape %x, %s : (tensor<4x4xi8>, !tosa.shape<2>) -> tensor<2x8xi8>
  %1 = tosa.reshape %0, %s : (tensor<2x8xi8>, !tosa.shape<2>) -> tensor<2x8xi8>
  return %1 : tensor<2x8xi8>
}
