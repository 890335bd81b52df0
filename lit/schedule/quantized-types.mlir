// A quantized type counts as its storage: 8 weights in 8 bits are 8 bytes.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{objective=memory}))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 8,
func.func @main(%x: tensor<8x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<8x!quant.uniform<i8:f32, 0.5:-3>> {
  %w = "tfl.pseudo_qconst"() {qtype = tensor<8x!quant.uniform<i8:f32, 0.25>>, value = dense<1> : tensor<8xi8>}
    : () -> tensor<8x!quant.uniform<i8:f32, 0.25>>
  %0 = "tfl.add"(%x, %w) {fused_activation_function = "NONE"}
    : (tensor<8x!quant.uniform<i8:f32, 0.5:-3>>, tensor<8x!quant.uniform<i8:f32, 0.25>>) -> tensor<8x!quant.uniform<i8:f32, 0.5:-3>>
  %1 = "tfl.relu"(%0) : (tensor<8x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<8x!quant.uniform<i8:f32, 0.5:-3>>
  return %1 : tensor<8x!quant.uniform<i8:f32, 0.5:-3>>
}
