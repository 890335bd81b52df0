// A call in the chain that is of no stage is an error at the call.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s -verify-diagnostics

func.func private @else(tensor<4xi8>) -> tensor<4xi8>
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.pipeline = {stages = 1 : i32}} {
  // expected-error @+1 {{'@main' calls a function that is no stage; remove the call, or outline the stages again}}
  %0 = call @else(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
