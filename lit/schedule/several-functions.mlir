// Every public function of a module gets a schedule of its own.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' | FileCheck %s

// CHECK: @first{{.*}}respect.schedule
// CHECK: respect.stage = 1
// CHECK: @second{{.*}}respect.schedule
// CHECK: respect.stage = 1
func.func @first(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
func.func @second(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
