// A compiler that is not there is an error, and no folder is left.

// RUN: rm -rf %t
// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t edgetpu-compiler=%t-no-such-compiler compiler-timeout-s=5})' %s 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: error: cannot emit the stages of 'main': {{.*}}no-such-compiler
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
