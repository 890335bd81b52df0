// Outlined stages give the same files as the schedule that they were made of.

// RUN: rm -rf %t && mkdir %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/a})' %s -o /dev/null
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-outline-stages,respect-emit-stages{out-dir=%t/b})' %s -o /dev/null
// RUN: diff %t/a/main_segment_0_of_2.tflite %t/b/main_segment_0_of_2.tflite
// RUN: diff %t/a/main_segment_1_of_2.tflite %t/b/main_segment_1_of_2.tflite

func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
