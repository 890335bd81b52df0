// Bytecode is read like text, by its first bytes: the file may have any name.

// RUN: mlir-opt --allow-unregistered-dialect --emit-bytecode %s -o %t.mlirbc
// RUN: %respect schedule %t.mlirbc -n 2 | FileCheck %s
// RUN: %respect schedule - -n 2 < %t.mlirbc | FileCheck %s

// CHECK: 2 stages for latency
// CHECK: optimal
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "tfl.relu"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "tfl.tanh"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
