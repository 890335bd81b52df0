// What the twin of this model in TOSA costs: see costs-tosa.mlir.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s | FileCheck %s
// RUN: %respect graph %s -o - | FileCheck %s --check-prefix=GRAPH

// CHECK: "tfl.conv_2d"{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: "tfl.depthwise_conv_2d"{{.*}}respect.stage = {{[^0-9]*}}1
// CHECK: "tfl.conv_2d"{{.*}}respect.stage = {{[^0-9]*}}{{[12]}}
// CHECK: "tfl.conv_2d"{{.*}}respect.stage = {{[^0-9]*}}2

// GRAPH: "macs":589824,
// GRAPH: "macs":18432,
// GRAPH: "macs":65536,
// GRAPH: "macs":589824,
module {
  func.func @main(%x: tensor<1x8x8x32xi8>) -> tensor<1x8x8x32xi8> {
    %b = "tfl.pseudo_const"() {value = dense<0> : tensor<32xi32>} : () -> tensor<32xi32>
    %w0 = "tfl.pseudo_const"() {value = dense<1> : tensor<32x3x3x32xi8>} : () -> tensor<32x3x3x32xi8>
    %w1 = "tfl.pseudo_const"() {value = dense<1> : tensor<1x3x3x32xi8>} : () -> tensor<1x3x3x32xi8>
    %w2 = "tfl.pseudo_const"() {value = dense<1> : tensor<32x1x1x32xi8>} : () -> tensor<32x1x1x32xi8>
    %w3 = "tfl.pseudo_const"() {value = dense<2> : tensor<32x3x3x32xi8>} : () -> tensor<32x3x3x32xi8>
    %0 = "tfl.conv_2d"(%x, %w0, %b) {dilation_h_factor = 1 : i32, dilation_w_factor = 1 : i32, fused_activation_function = "NONE", padding = "SAME", stride_h = 1 : i32, stride_w = 1 : i32} : (tensor<1x8x8x32xi8>, tensor<32x3x3x32xi8>, tensor<32xi32>) -> tensor<1x8x8x32xi8>
    %1 = "tfl.depthwise_conv_2d"(%0, %w1, %b) {depth_multiplier = 1 : i32, dilation_h_factor = 1 : i32, dilation_w_factor = 1 : i32, fused_activation_function = "NONE", padding = "SAME", stride_h = 1 : i32, stride_w = 1 : i32} : (tensor<1x8x8x32xi8>, tensor<1x3x3x32xi8>, tensor<32xi32>) -> tensor<1x8x8x32xi8>
    %2 = "tfl.conv_2d"(%1, %w2, %b) {dilation_h_factor = 1 : i32, dilation_w_factor = 1 : i32, fused_activation_function = "NONE", padding = "SAME", stride_h = 1 : i32, stride_w = 1 : i32} : (tensor<1x8x8x32xi8>, tensor<32x1x1x32xi8>, tensor<32xi32>) -> tensor<1x8x8x32xi8>
    %3 = "tfl.conv_2d"(%2, %w3, %b) {dilation_h_factor = 1 : i32, dilation_w_factor = 1 : i32, fused_activation_function = "NONE", padding = "SAME", stride_h = 1 : i32, stride_w = 1 : i32} : (tensor<1x8x8x32xi8>, tensor<32x3x3x32xi8>, tensor<32xi32>) -> tensor<1x8x8x32xi8>
    return %3 : tensor<1x8x8x32xi8>
  }
}
