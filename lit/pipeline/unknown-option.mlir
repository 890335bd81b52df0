// An option that there is not is refused.

// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-pipeline{speed=9})' %s 2>&1 | FileCheck %s

// CHECK: no such option

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
