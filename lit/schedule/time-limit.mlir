// A time limit that is never reached changes nothing: the schedule is still proved.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{time-limit-ms=600000}))' %s | FileCheck %s

// CHECK: status = optimal
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.macs = 1000 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
