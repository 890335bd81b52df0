// An attribute of the wrong kind on a tfl operation is an error at it.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}))' -verify-diagnostics

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  // expected-error @+1 {{fused_activation_function}}
  %0 = "tfl.add"(%x, %x) <{fused_activation_function = 3 : i32}> : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
