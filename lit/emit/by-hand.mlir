// A schedule by hand becomes a folder of stages that verifies, and says that nobody searched.
// RUN: rm -rf %t && %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' -o /dev/null
// RUN: %respect verify %t
// RUN: FileCheck %s < %t/schedule.json

// CHECK: "name": "main"
// CHECK: "scheduler": "by hand"
// CHECK: "file": "main_segment_0_of_2.tflite"
// CHECK: "file": "main_segment_1_of_2.tflite"
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
