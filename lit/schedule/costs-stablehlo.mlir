// Operations of StableHLO cost what their shapes and dimension numbers say, though the dialect is not registered.

// RUN: %respect graph %s -o - | FileCheck %s

// CHECK: "kind":"stablehlo.convolution","parameter_bytes":3456,"macs":55296,"channels":8,"array":"dense","places":64
// CHECK: "kind":"stablehlo.convolution","parameter_bytes":288,"macs":4608,"channels":8,"array":"per_channel","places":64
// CHECK: "kind":"stablehlo.reshape","parameter_bytes":0,"macs":0,"array":"nothing"
// CHECK: "kind":"stablehlo.dot_general","parameter_bytes":20480,"macs":5120,"channels":10,"array":"dense","places":1
module {
  func.func @main(%x: tensor<1x8x8x12xf32>) -> tensor<1x10xf32> {
    %w0 = "stablehlo.constant"() <{value = dense<0.5> : tensor<3x3x12x8xf32>}> : () -> tensor<3x3x12x8xf32>
    %w1 = "stablehlo.constant"() <{value = dense<0.5> : tensor<3x3x1x8xf32>}> : () -> tensor<3x3x1x8xf32>
    %w2 = "stablehlo.constant"() <{value = dense<0.5> : tensor<512x10xf32>}> : () -> tensor<512x10xf32>
    %0 = "stablehlo.convolution"(%x, %w0) <{batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 1 : i64}> : (tensor<1x8x8x12xf32>, tensor<3x3x12x8xf32>) -> tensor<1x8x8x8xf32>
    %1 = "stablehlo.convolution"(%0, %w1) <{batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 8 : i64}> : (tensor<1x8x8x8xf32>, tensor<3x3x1x8xf32>) -> tensor<1x8x8x8xf32>
    %2 = "stablehlo.reshape"(%1) : (tensor<1x8x8x8xf32>) -> tensor<1x512xf32>
    %3 = "stablehlo.dot_general"(%2, %w2) <{dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>}> : (tensor<1x512xf32>, tensor<512x10xf32>) -> tensor<1x10xf32>
    return %3 : tensor<1x10xf32>
  }
}
