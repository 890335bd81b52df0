// The functions of stages say their tensors' names as Google's converter does.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages)' | FileCheck %s

// CHECK: func.func private @main_stage_0
// CHECK-SAME: tf.entry_function = {inputs = "image", outputs = "middle"}
// CHECK: func.func private @main_stage_1
// CHECK-SAME: tf.entry_function = {inputs = "middle", outputs = "classes"}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {tf.entry_function = {inputs = "image", outputs = "classes"}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("classes")
  return %1 : tensor<1x8xi8>
}
