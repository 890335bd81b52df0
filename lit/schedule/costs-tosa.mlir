// A model in TOSA has the multiply-accumulates of its twin in the tfl dialect, costs-tfl.mlir, and is cut in the same places.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' %s | FileCheck %s
// RUN: %respect graph %s -o - | FileCheck %s --check-prefix=GRAPH

// CHECK: tosa.conv2d{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: tosa.rescale{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: tosa.depthwise_conv2d{{.*}}respect.stage = {{[^0-9]*}}1
// CHECK: tosa.rescale{{.*}}respect.stage = {{[^0-9]*}}1
// CHECK: tosa.conv2d{{.*}}respect.stage = {{[^0-9]*}}2
// CHECK: tosa.rescale{{.*}}respect.stage = {{[^0-9]*}}2
// CHECK: tosa.conv2d{{.*}}respect.stage = {{[^0-9]*}}2
// CHECK: tosa.rescale{{.*}}respect.stage = {{[^0-9]*}}2

// GRAPH: "macs":589824,
// GRAPH: "macs":0,
// GRAPH: "macs":18432,
// GRAPH: "array":"per_channel"
// GRAPH: "macs":0,
// GRAPH: "macs":65536,
// GRAPH: "macs":0,
// GRAPH: "macs":589824,
module {
  func.func @main(%x: tensor<1x8x8x32xi8>) -> tensor<1x8x8x32xi8> {
    %b = "tosa.const"() <{values = dense<0> : tensor<32xi32>}> : () -> tensor<32xi32>
    %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
    %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
    %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
    %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
    %w0 = "tosa.const"() <{values = dense<1> : tensor<32x3x3x32xi8>}> : () -> tensor<32x3x3x32xi8>
    %w1 = "tosa.const"() <{values = dense<1> : tensor<3x3x32x1xi8>}> : () -> tensor<3x3x32x1xi8>
    %w2 = "tosa.const"() <{values = dense<1> : tensor<32x1x1x32xi8>}> : () -> tensor<32x1x1x32xi8>
    %w3 = "tosa.const"() <{values = dense<2> : tensor<32x3x3x32xi8>}> : () -> tensor<32x3x3x32xi8>
    %0 = tosa.conv2d %x, %w0, %b, %z, %z {acc_type = i32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x8x8x32xi8>, tensor<32x3x3x32xi8>, tensor<32xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8x8x32xi32>
    %1 = tosa.rescale %0, %m, %s, %z32, %z {input_unsigned = false, output_unsigned = false, per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true} : (tensor<1x8x8x32xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x8x8x32xi8>
    %2 = tosa.depthwise_conv2d %1, %w1, %b, %z, %z {acc_type = i32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x8x8x32xi8>, tensor<3x3x32x1xi8>, tensor<32xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8x8x32xi32>
    %3 = tosa.rescale %2, %m, %s, %z32, %z {input_unsigned = false, output_unsigned = false, per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true} : (tensor<1x8x8x32xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x8x8x32xi8>
    %4 = tosa.conv2d %3, %w2, %b, %z, %z {acc_type = i32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x8x8x32xi8>, tensor<32x1x1x32xi8>, tensor<32xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8x8x32xi32>
    %5 = tosa.rescale %4, %m, %s, %z32, %z {input_unsigned = false, output_unsigned = false, per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true} : (tensor<1x8x8x32xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x8x8x32xi8>
    %6 = tosa.conv2d %5, %w3, %b, %z, %z {acc_type = i32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x8x8x32xi8>, tensor<32x3x3x32xi8>, tensor<32xi32>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x8x8x32xi32>
    %7 = tosa.rescale %6, %m, %s, %z32, %z {input_unsigned = false, output_unsigned = false, per_channel = false, rounding_mode = SINGLE_ROUND, scale32 = true} : (tensor<1x8x8x32xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>, tensor<1xi8>) -> tensor<1x8x8x32xi8>
    return %7 : tensor<1x8x8x32xi8>
  }
}
