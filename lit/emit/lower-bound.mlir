// The manifest has the bound that the function states, in the unit of the objective: not the value of the schedule.

// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t/memory-stages})' %t/memory.mlir -o /dev/null
// RUN: FileCheck %s --check-prefix=MEMORY --input-file %t/memory-stages/schedule.json
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t/latency-stages})' %t/latency.mlir -o /dev/null
// RUN: FileCheck %s --check-prefix=LATENCY --input-file %t/latency-stages/schedule.json

// MEMORY: "lower_bound": 48.0
// LATENCY: "lower_bound": 1.5

//--- memory.mlir
func.func @main(%x: tensor<1x16xf32>) -> tensor<1x16xf32> attributes {respect.schedule = {stages = 2 : i32, objective = "memory", lower_bound = 48 : i64}} {
  %w = "tfl.pseudo_const"() {value = dense<0.5> : tensor<16xf32>} : () -> tensor<16xf32>
  %0 = "tfl.add"(%x, %w) {fused_activation_function = "NONE", respect.stage = 0 : i32} : (tensor<1x16xf32>, tensor<16xf32>) -> tensor<1x16xf32>
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x16xf32>) -> tensor<1x16xf32>
  return %1 : tensor<1x16xf32>
}

//--- latency.mlir
func.func @main(%x: tensor<1x16xf32>) -> tensor<1x16xf32> attributes {respect.schedule = {stages = 2 : i32, objective = "latency", lower_bound = 1.5}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x16xf32>) -> tensor<1x16xf32>
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x16xf32>) -> tensor<1x16xf32>
  return %1 : tensor<1x16xf32>
}
