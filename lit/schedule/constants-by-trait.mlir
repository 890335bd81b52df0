// An operation of a registered dialect is a constant if it has the trait ConstantLike, whatever its type is.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1 objective=memory}))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 60
// CHECK-NOT: constant{{.*}}respect.stage
// CHECK: "a.use"{{.*}}respect.stage
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = arith.constant 1 : i32
  %1 = complex.constant [1.0 : f32, 2.0 : f32] : complex<f32>
  %2 = index.constant 3
  %3 = arith.constant dense<1.0> : vector<10xf32>
  %4 = "a.use"(%x, %0, %1, %2, %3) : (tensor<4xi8>, i32, complex<f32>, index, vector<10xf32>) -> tensor<4xi8>
  return %4 : tensor<4xi8>
}
