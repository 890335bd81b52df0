// A residual block and two heads; the second result is made early.
func.func @model(%x: tensor<1x6x6x2xf32>) -> (tensor<1x6x6x3xf32>, tensor<1x6x6x3xf32>) {
  %w0 = "tosa.const"() <{values = dense<[[[[0.5, -0.25]]], [[[1.5, 0.125]]], [[[-1.0, 0.75]]]]> : tensor<3x1x1x2xf32>}> : () -> tensor<3x1x1x2xf32>
  %w1 = "tosa.const"() <{values = dense<0.0625> : tensor<3x3x3x3xf32>}> : () -> tensor<3x3x3x3xf32>
  %b = "tosa.const"() <{values = dense<[0.25, 0.0, -0.5]> : tensor<3xf32>}> : () -> tensor<3xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w0, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x6x6x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x3xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x6x6x3xf32>) -> tensor<1x6x6x3xf32>
  %2 = tosa.conv2d %1, %w1, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x6x6x3xf32>, tensor<3x3x3x3xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x6x3xf32>
  %3 = tosa.add %2, %1 : (tensor<1x6x6x3xf32>, tensor<1x6x6x3xf32>) -> tensor<1x6x6x3xf32>
  %4 = tosa.sigmoid %3 : (tensor<1x6x6x3xf32>) -> tensor<1x6x6x3xf32>
  %5 = tosa.maximum %4, %0 : (tensor<1x6x6x3xf32>, tensor<1x6x6x3xf32>) -> tensor<1x6x6x3xf32>
  %6 = tosa.tanh %5 : (tensor<1x6x6x3xf32>) -> tensor<1x6x6x3xf32>
  return %6, %1 : tensor<1x6x6x3xf32>, tensor<1x6x6x3xf32>
}
