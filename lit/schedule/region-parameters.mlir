// Constants in the regions of an operation are its parameters.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 700
// CHECK: scf.if
// CHECK: } {respect.stage = {{[^0-9]*}}1
func.func @main(%c: i1, %x: tensor<4xi8>) -> tensor<4xi8> {
  %0:2 = "a.one"(%c, %x) : (i1, tensor<4xi8>) -> (i1, tensor<4xi8>)
  %1 = scf.if %0#0 -> tensor<4xi8> {
    %w = arith.constant dense<1> : tensor<400xi8>
    %2 = "a.two"(%0#1, %w) : (tensor<4xi8>, tensor<400xi8>) -> tensor<4xi8>
    scf.yield %2 : tensor<4xi8>
  } else {
    %w = arith.constant dense<2> : tensor<300xi8>
    %2 = "a.three"(%0#1, %w) : (tensor<4xi8>, tensor<300xi8>) -> tensor<4xi8>
    scf.yield %2 : tensor<4xi8>
  }
  return %1 : tensor<4xi8>
}
