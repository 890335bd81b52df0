// A step that fails ends the pipeline: nothing is outlined or written.

// RUN: rm -rf %t
// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-pipeline{stages=4 out-dir=%t})' %s 2>&1 | FileCheck %s
// RUN: not ls %t

// CHECK: use at most 3
// CHECK-NOT: call

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
