// Statistics may be asked for. Debian builds LLVM without them, so the report is empty for its own passes as well.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-pipeline{stages=2})' --mlir-pass-statistics 2>&1 | FileCheck %s

// CHECK: Pass statistics report
// CHECK: call @main_stage_1
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
