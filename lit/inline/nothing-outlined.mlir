// A module without outlined stages stays as it is.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s | FileCheck %s

// CHECK: "a.three"

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
