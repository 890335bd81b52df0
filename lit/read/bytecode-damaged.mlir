// Bytecode that is cut short is an error that names the file.

// RUN: mlir-opt --allow-unregistered-dialect --emit-bytecode %s -o %t.mlirbc
// RUN: head -c 100 %t.mlirbc > %t-short.mlirbc
// RUN: not %respect schedule %t-short.mlirbc -n 2 2>&1 | FileCheck %s

// CHECK: error: {{.*}}-short.mlirbc: {{.+}}
// CHECK-NEXT: -short.mlirbc: the bytecode is damaged, cut short, or of a later version than MLIR 22 reads; write it again, or as text
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "tfl.relu"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "tfl.tanh"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
