// The constants of a called function, and of those that it calls, are parameters of the call; cycles end.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 objective=memory})' %s | FileCheck %s

// CHECK-LABEL: @main
// CHECK-SAME: peak_parameter_bytes = 1008
// CHECK: call @outer{{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: call @inner{{.*}}respect.stage = {{[^0-9]*}}1
func.func @main(%x: tensor<8xi8>) -> tensor<8xi8> {
  %0 = call @outer(%x) : (tensor<8xi8>) -> tensor<8xi8>
  %1 = call @inner(%0) : (tensor<8xi8>) -> tensor<8xi8>
  return %1 : tensor<8xi8>
}
func.func private @outer(%x: tensor<8xi8>) -> tensor<8xi8> {
  %w = arith.constant dense<1> : tensor<8xi8>
  %0 = call @inner(%x) : (tensor<8xi8>) -> tensor<8xi8>
  %1 = "a.add"(%0, %w) : (tensor<8xi8>, tensor<8xi8>) -> tensor<8xi8>
  return %1 : tensor<8xi8>
}
func.func private @inner(%x: tensor<8xi8>) -> tensor<8xi8> {
  %w = "stablehlo.constant"() <{value = dense<2> : tensor<1000xi8>}> : () -> tensor<1000xi8>
  %0 = "a.fc"(%x, %w) : (tensor<8xi8>, tensor<1000xi8>) -> tensor<8xi8>
  return %0 : tensor<8xi8>
}

// Two calls of one function share its constants where they share a stage. A function that calls itself ends.
// CHECK-LABEL: @twice
// CHECK-SAME: peak_parameter_bytes = 300
func.func @twice(%x: tensor<8xi8>) -> tensor<8xi8> {
  %0 = call @again(%x) : (tensor<8xi8>) -> tensor<8xi8>
  %1 = call @again(%0) : (tensor<8xi8>) -> tensor<8xi8>
  %2 = call @again(%1) : (tensor<8xi8>) -> tensor<8xi8>
  return %2 : tensor<8xi8>
}
func.func private @again(%x: tensor<8xi8>) -> tensor<8xi8> {
  %w = arith.constant dense<3> : tensor<300xi8>
  %0 = "a.fc"(%x, %w) : (tensor<8xi8>, tensor<300xi8>) -> tensor<8xi8>
  %1 = call @again(%0) : (tensor<8xi8>) -> tensor<8xi8>
  return %1 : tensor<8xi8>
}
