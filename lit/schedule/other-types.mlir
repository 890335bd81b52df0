// Types that lack what is asked of others, element types without a storage type for instance, count by what is known of them.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence})' %s | FileCheck %s

// CHECK-LABEL: @calibrated
// CHECK: respect.stage = {{.*}}1
func.func @calibrated(%a: tensor<8x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<8x!quant.calibrated<f32<-1.0:1.0>>> {
  %0 = "a.one"(%a) : (tensor<8x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<8x!quant.calibrated<f32<-1.0:1.0>>>
  %1 = "a.two"(%0) : (tensor<8x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<8x!quant.calibrated<f32<-1.0:1.0>>>
  return %1 : tensor<8x!quant.calibrated<f32<-1.0:1.0>>>
}
// CHECK-LABEL: @any_quantized
// CHECK: respect.stage = {{.*}}1
func.func @any_quantized(%a: tensor<8x!quant.any<i8<-8:7>>>) -> tensor<8x!quant.any<i8:f32>> {
  %0 = "a.one"(%a) : (tensor<8x!quant.any<i8<-8:7>>>) -> tensor<8x!quant.any<i8:f32>>
  %1 = "a.two"(%0) : (tensor<8x!quant.any<i8:f32>>) -> tensor<8x!quant.any<i8:f32>>
  return %1 : tensor<8x!quant.any<i8:f32>>
}
// CHECK-LABEL: @sub_channel
// CHECK: respect.stage = {{.*}}1
func.func @sub_channel(%a: tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{2.0, 3.0}, {4.0, 5.0}}>>) -> tensor<2x4xf32> {
  %0 = "a.one"(%a) : (tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{2.0, 3.0}, {4.0, 5.0}}>>) -> tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{2.0, 3.0}, {4.0, 5.0}}>>
  %1 = "a.two"(%0) : (tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{2.0, 3.0}, {4.0, 5.0}}>>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}
// CHECK-LABEL: @scalars_and_vectors
// CHECK: respect.stage = {{.*}}1
func.func @scalars_and_vectors(%a: index, %b: vector<4x[4]xf32>, %c: complex<f64>) -> index {
  %0:2 = "a.one"(%a, %b) : (index, vector<4x[4]xf32>) -> (index, vector<[4]xindex>)
  %1 = "a.two"(%0#0, %0#1, %c) : (index, vector<[4]xindex>, complex<f64>) -> index
  return %1 : index
}
// CHECK-LABEL: @memory
// CHECK: respect.stage = {{.*}}1
func.func @memory(%a: memref<4x?xf32, strided<[?, 1], offset: ?>, 3>, %b: memref<*xf32>, %c: memref<2xmemref<?xf32>>) -> memref<4xindex> {
  %0:2 = "a.one"(%a, %b) : (memref<4x?xf32, strided<[?, 1], offset: ?>, 3>, memref<*xf32>) -> (tensor<*xf32>, memref<4xindex>)
  %1 = "a.two"(%0#0, %0#1, %c) : (tensor<*xf32>, memref<4xindex>, memref<2xmemref<?xf32>>) -> memref<4xindex>
  return %1 : memref<4xindex>
}
// CHECK-LABEL: @foreign
// CHECK: respect.stage = {{.*}}1
func.func @foreign(%a: !a.type<b>, %b: tensor<4x!a.type>, %c: !async.token, %d: tuple<f32, i8>, %e: none) -> (() -> ()) {
  %0:2 = "a.one"(%a, %b) : (!a.type<b>, tensor<4x!a.type>) -> (!async.value<f32>, tensor<2x2xi8, #a.layout>)
  %1 = "a.two"(%0#0, %0#1, %c, %d, %e) : (!async.value<f32>, tensor<2x2xi8, #a.layout>, !async.token, tuple<f32, i8>, none) -> (() -> ())
  return %1 : () -> ()
}
// CHECK-LABEL: @wide_numbers
// CHECK: respect.stage = {{.*}}1
func.func @wide_numbers(%a: tensor<2xi1000>, %b: tensor<2xf4E2M1FN>, %c: si7) -> tensor<2xf80> {
  %0:2 = "a.one"(%a, %b) : (tensor<2xi1000>, tensor<2xf4E2M1FN>) -> (tensor<2xf128>, ui3)
  %1 = "a.two"(%0#0, %0#1, %c) : (tensor<2xf128>, ui3, si7) -> tensor<2xf80>
  return %1 : tensor<2xf80>
}
