// With force the stages of an earlier run are replaced.

// RUN: rm -rf %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t})' %s -o /dev/null
// RUN: rm %t/main_segment_0_of_2.tflite
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t force=true})' %s | FileCheck %s
// RUN: ls %t/main_segment_0_of_2.tflite

// CHECK: "tfl.relu"
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
