// !quant.uniform counts as its storage: 8 elements of i8 are 8 bytes.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1 objective=memory}))' | FileCheck %s

// CHECK: peak_parameter_bytes = 8 : i64
func.func @main(%x: tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>> {
  %c = "tfl.pseudo_qconst"() <{qtype = tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>, value = dense<1> : tensor<1x8xi8>}> : () -> tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>
  %0 = "tfl.add"(%x, %c) <{fused_activation_function = "NONE"}> : (tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>, tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>
  return %0 : tensor<1x8x!quant.uniform<i8:f32, 0.5:-3>>
}
