// Scheduling a second time changes nothing.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' -o %t.once
// RUN: %respect-opt %t.once --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3}))' -o %t.twice
// RUN: diff %t.once %t.twice

func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.relu"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %2 = "tfl.relu"(%1) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %3 = "tfl.relu"(%2) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  %4 = "tfl.relu"(%3) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %4 : tensor<1x8xi8>
}
