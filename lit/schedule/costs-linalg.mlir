// Loops of linalg cost what they multiply, in named operations and in generic ones, and so decide where a function is cut:
// the values between the operations are of one size, and the operations have no parameters.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 rules=precedence}))' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 rules=precedence}))' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK --implicit-check-not=priced-at-nothing

#row = affine_map<(m, n, k) -> (m, k)>
#column = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>

// REMARK: 3 operations in 2 stages{{.*}} optimal
// REMARK: 3 operations in 2 stages{{.*}} optimal

// CHECK-LABEL: @heavy_last
// CHECK: linalg.matmul {{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: linalg.matmul {{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: linalg.generic {{.*}}respect.stage = {{[^0-9]*}}1
func.func @heavy_last(%x: tensor<64x64xi8>) -> tensor<64x64xi8> {
  %0 = linalg.matmul ins(%x, %x : tensor<64x64xi8>, tensor<64x64xi8>) outs(%x : tensor<64x64xi8>) -> tensor<64x64xi8>
  %1 = linalg.matmul ins(%0, %0 : tensor<64x64xi8>, tensor<64x64xi8>) outs(%0 : tensor<64x64xi8>) -> tensor<64x64xi8>
  %2 = linalg.generic {indexing_maps = [#row, #column, #result], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%1, %1 : tensor<64x64xi8>, tensor<64x64xi8>) outs(%1 : tensor<64x64xi8>) {
  ^bb0(%a: i8, %b: i8, %sum: i8):
    %p = arith.muli %a, %b : i8
    %q = arith.muli %p, %b : i8
    %s = arith.addi %sum, %q : i8
    linalg.yield %s : i8
  } -> tensor<64x64xi8>
  return %2 : tensor<64x64xi8>
}

// CHECK-LABEL: @heavy_first
// CHECK: linalg.generic {{.*}}respect.stage = {{[^0-9]*}}0
// CHECK: linalg.matmul {{.*}}respect.stage = {{[^0-9]*}}1
// CHECK: linalg.matmul {{.*}}respect.stage = {{[^0-9]*}}1
func.func @heavy_first(%x: tensor<64x64xi8>) -> tensor<64x64xi8> {
  %0 = linalg.generic {indexing_maps = [#row, #column, #result], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %x : tensor<64x64xi8>, tensor<64x64xi8>) outs(%x : tensor<64x64xi8>) {
  ^bb0(%a: i8, %b: i8, %sum: i8):
    %p = arith.muli %a, %b : i8
    %q = arith.muli %p, %b : i8
    %s = arith.addi %sum, %q : i8
    linalg.yield %s : i8
  } -> tensor<64x64xi8>
  %1 = linalg.matmul ins(%0, %0 : tensor<64x64xi8>, tensor<64x64xi8>) outs(%0 : tensor<64x64xi8>) -> tensor<64x64xi8>
  %2 = linalg.matmul ins(%1, %1 : tensor<64x64xi8>, tensor<64x64xi8>) outs(%1 : tensor<64x64xi8>) -> tensor<64x64xi8>
  return %2 : tensor<64x64xi8>
}
