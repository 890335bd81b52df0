// Outlining and inlining gives back the input: same operations, same order, stages that interleave included.
// RUN: %respect-opt %s --mlir-print-debuginfo -o %t.before
// RUN: %respect-opt %s --mlir-print-debuginfo --pass-pipeline='builtin.module(respect-outline-stages,respect-inline-stages)' -o %t.after
// RUN: diff %t.before %t.after

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> attributes {respect.schedule = {stages = 3 : i32}} {
  %c = arith.constant dense<1> : tensor<8xi8>
  %unused = arith.constant dense<2> : tensor<8xi8>
  %0 = "tfl.add"(%x, %c) {respect.stage = 0 : i32} : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.tanh"(%0) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %3 = "tfl.add"(%1, %c) {respect.stage = 1 : i32} : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
  %d = arith.constant dense<3> : tensor<8xi8>
  %4 = "tfl.add"(%2, %3) {respect.stage = 2 : i32} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  %5 = "tfl.add"(%4, %d) {respect.stage = 2 : i32} : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
  return %5 : tensor<1x8xi8>
}
