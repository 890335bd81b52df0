// A registered dialect: tosa.const are parameters, not nodes.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}))' | FileCheck %s

// CHECK: peak_parameter_bytes = 32 : i64
// CHECK: tosa.const
// CHECK-NOT: respect.stage
// CHECK: tosa.add {{.*}}respect.stage = 0
// CHECK: tosa.clamp {{.*}}respect.stage = 1
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %c = "tosa.const"() <{values = dense<1.0> : tensor<8xf32>}> : () -> tensor<8xf32>
  %0 = tosa.add %x, %c : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %1 = tosa.clamp %0 {max_val = 6.0 : f32, min_val = 0.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
