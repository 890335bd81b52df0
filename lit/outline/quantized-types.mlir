// Quantized types stay as they are across the calls.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: call @main_stage_0({{.*}}) : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:-3>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:-3>>
func.func @main(%x: tensor<4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4x!quant.uniform<i8:f32, 0.5:-3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
  return %1 : tensor<4x!quant.uniform<i8:f32, 0.5:-3>>
}
