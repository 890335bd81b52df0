// Statistics may be asked for. Debian's mlir-opt is built without those of LLVM, so its report is empty for every pass,
// its own included; a build with them has the counts.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --mlir-pass-statistics 2>&1 | FileCheck %s

// CHECK-DAG: Pass statistics report
// CHECK-DAG: respect.schedule
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
