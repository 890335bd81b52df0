// A call to anything but a stage in a function that claims to be a pipeline is an error at it.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-inline-stages)' -verify-diagnostics

func.func private @other(tensor<1x8xi8>) -> tensor<1x8xi8>
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.pipeline = {stages = 1 : i32}} {
  // expected-error @+1 {{that is of no stage}}
  %0 = call @other(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %0 : tensor<1x8xi8>
}
