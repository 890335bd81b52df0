// What is outlined is not scheduled again; a remark says what to do.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(respect-outline-stages,func.func(respect-schedule{stages=2}))' --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: [Missed] not-scheduled{{.*}}outlined already
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
