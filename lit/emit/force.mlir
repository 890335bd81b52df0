// Stages of an earlier run are replaced only when asked.
// RUN: rm -rf %t && %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' -o /dev/null
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t})' -o /dev/null 2>&1 | FileCheck %s
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t force=true})' -o /dev/null

// CHECK: error: cannot emit the stages of 'main'
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("middle")
  %1 = "tfl.tanh"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("last")
  return %1 : tensor<1x8xi8>
}
