// An attribute of a wrong kind on a tfl operation is an error at the operation that says what it takes.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<1x4x4x1xi8>, %w: tensor<1x1x1x1xi8>, %b: tensor<1xi32>) -> tensor<1x4x4x1xi8> {
  // expected-error @+1 {{'tfl.conv_2d' has an attribute padding that must be a Padding (one of SAME, VALID)}}
  %0 = "tfl.conv_2d"(%x, %w, %b) {padding = 3 : i32}
    : (tensor<1x4x4x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
  return %0 : tensor<1x4x4x1xi8>
}
