// A scheduler that does not exist is an error that lists those that do.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=magic}))' 2>&1 | FileCheck %s

// CHECK: magic
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
