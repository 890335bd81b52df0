// The options of the scheduler go through the pipeline.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{stages=3 scheduler=order-dp objective=memory rules=precedence device=pcie time-limit-ms=600000})' %s | FileCheck %s

// CHECK: respect.pipeline = #respect.schedule<stages = 3, solver = "order-dp", {{.*}}objective = memory, rules = precedence, device = "pcie"

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
