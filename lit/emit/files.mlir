// The folder gets a model for each stage, the manifest and the scripts; the module stays as it is.

// RUN: rm -rf %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t})' %s | FileCheck %s
// RUN: ls %t | FileCheck %s --check-prefix=LIST
// RUN: %respect verify %t | FileCheck %s --check-prefix=VERIFY

// CHECK: "tfl.relu"({{.*}}) {respect.stage = #respect.stage<0 of 2>}
// LIST: main_segment_0_of_2.tflite
// LIST-NEXT: main_segment_1_of_2.tflite
// LIST-NEXT: respect_pipeline.py
// LIST-NEXT: run_pipeline.py
// LIST-NEXT: schedule.json
// VERIFY: 2 stages
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}
