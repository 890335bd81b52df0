// Remarks say what was done, and where no cut was possible and why.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' --remarks-filter=respect 2>&1 | FileCheck %s

// CHECK: [Passed] scheduled{{.*}}Function=main{{.*}}3 operations in 2 stages: bottleneck
// CHECK: [Missed] not-cut{{.*}}no cut after this
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<?x8xi8>
  %1 = "mine.op"(%0) : (tensor<?x8xi8>) -> tensor<1x8xi8>
  %2 = "mine.op"(%1) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
