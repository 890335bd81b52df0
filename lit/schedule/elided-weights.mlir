// Weights that were left out count by their type.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1 objective=memory}))' | FileCheck %s

// CHECK: peak_parameter_bytes = 4096,
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %c = "tfl.pseudo_const"() <{value = dense_resource<__elided__> : tensor<512x8xi8>}> : () -> tensor<512x8xi8>
  %0 = "mine.op"(%x, %c) : (tensor<1x8xi8>, tensor<512x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
