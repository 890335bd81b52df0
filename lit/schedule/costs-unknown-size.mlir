// Loops whose bounds only a run knows are priced at nothing, and a remark says so.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}))' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s

// CHECK: priced at nothing: 1 x linalg.matmul;
func.func @main(%x: tensor<?x64xi8>, %w: tensor<64x64xi8>, %o: tensor<?x64xi8>) -> tensor<?x64xi8> {
  %0 = linalg.matmul ins(%x, %w : tensor<?x64xi8>, tensor<64x64xi8>) outs(%o : tensor<?x64xi8>) -> tensor<?x64xi8>
  return %0 : tensor<?x64xi8>
}
