// What may have undefined behaviour stays behind what guards it, and what a loop's functions do is done by the loop.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 functions=guarded,loops,aliases,moved})' %s | FileCheck %s

func.func private @exit(i32)
func.func private @guard(%d: i32) {
  %z = arith.constant 0 : i32
  %c = arith.cmpi eq, %d, %z : i32
  cf.assert %c, "a divisor"
  return
}

// CHECK-LABEL: @guarded
// CHECK: call @guard({{.*}}) {respect.compute_us = {{.*}}, respect.stage = #respect.stage<0 of 2>}
// CHECK: arith.divsi
func.func @guarded(%v: i32, %d: i32) -> i32 {
  %k = arith.constant 3 : i32
  %a = arith.muli %d, %k : i32
  func.call @guard(%a) {respect.compute_us = 2.0 : f64} : (i32) -> ()
  %q = arith.divsi %v, %d {respect.compute_us = 1.0 : f64} : i32
  %t = arith.addi %q, %v {respect.compute_us = 1.0 : f64} : i32
  %b = arith.addi %a, %v {respect.compute_us = 1.0 : f64} : i32
  %r = arith.muli %b, %t {respect.compute_us = 1.0 : f64} : i32
  return %r : i32
}

func.func private @cond(%x: tensor<4xf32>) -> tensor<i1> {
  %0 = "tfl.pseudo_const"() {value = dense<true> : tensor<i1>} : () -> tensor<i1>
  return %0 : tensor<i1>
}
func.func private @body(%x: tensor<4xf32>) -> tensor<4xf32> {
  %h = "tfl.var_handle"() {container = "", shared_name = "v"} : () -> tensor<!tf_type.resource>
  "tfl.assign_variable"(%h, %x) : (tensor<!tf_type.resource>, tensor<4xf32>) -> ()
  return %x : tensor<4xf32>
}
// CHECK-LABEL: @loops
// CHECK: "tfl.read_variable"({{.*}}respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: "tfl.while"({{.*}}respect.stage = #respect.stage<[[S]] of 2>}
func.func @loops(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "tfl.relu"(%x) {respect.compute_us = 3.0 : f64} : (tensor<4xf32>) -> tensor<4xf32>
  %h = "tfl.var_handle"() {container = "", shared_name = "v"} : () -> tensor<!tf_type.resource>
  %1 = "tfl.read_variable"(%h) {respect.compute_us = 1.0 : f64} : (tensor<!tf_type.resource>) -> tensor<4xf32>
  %2 = "tfl.mul"(%1, %0) {fused_activation_function = "NONE", respect.compute_us = 3.0 : f64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = "tfl.while"(%x) {body = @body, cond = @cond, respect.compute_us = 2.0 : f64} : (tensor<4xf32>) -> tensor<4xf32>
  %4 = "tfl.add"(%3, %2) {fused_activation_function = "NONE"} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

llvm.mlir.global internal @g(4 : i32) : i32
llvm.mlir.alias external @other_name : i32 {
  %0 = llvm.mlir.addressof @g : !llvm.ptr
  llvm.return %0 : !llvm.ptr
}
// CHECK-LABEL: @aliases
// CHECK: llvm.load {{.*}}respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: llvm.store {{.*}}respect.stage = #respect.stage<[[S]] of 2>}
func.func @aliases(%x: i32) -> i32 {
  %c1 = arith.constant 1 : i32
  %g = llvm.mlir.addressof @g : !llvm.ptr
  %old = llvm.load %g : !llvm.ptr -> i32
  %a = llvm.mlir.addressof @other_name : !llvm.ptr
  %0 = arith.addi %x, %c1 : i32
  llvm.store %0, %a : i32, !llvm.ptr
  %1 = arith.muli %0, %x : i32
  %2 = arith.addi %old, %1 : i32
  return %2 : i32
}

// Collectives of every dialect keep their order.
// CHECK-LABEL: @moved
// CHECK: "mhlo.reduce_scatter"({{.*}}respect.stage = #respect.stage<0 of 2>}
func.func @moved(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "mhlo.reduce_scatter"(%x) {respect.macs = 1000 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = "mhlo.all_to_all"(%x) {respect.macs = 1000 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = "mhlo.add"(%0, %1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
