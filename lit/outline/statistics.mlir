// Statistics may be asked for; Debian's mlir-opt reports none of any pass.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s --mlir-pass-statistics 2>&1 | FileCheck %s

// CHECK-DAG: Pass statistics report
// CHECK-DAG: call @main_stage_1
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
