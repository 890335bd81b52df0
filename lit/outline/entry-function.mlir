// The stages of an entry function name their own inputs and outputs.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s | FileCheck %s

// CHECK: func.func private @main_stage_0{{.*}}tf.entry_function = {inputs = "in", outputs = "mid"}
// CHECK: func.func private @main_stage_1{{.*}}tf.entry_function = {inputs = "mid", outputs = "out"}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {tf.entry_function = {inputs = "in", outputs = "out"}} {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("mid")
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("out")
  return %1 : tensor<4xi8>
}
