// Operations keep their order where their effects may meet, and share a stage where they share state.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2})' %s | FileCheck %s

memref.global "private" @state : memref<1xi32> = dense<4>
ml_program.global private mutable @v(dense<4> : tensor<4xi32>) : tensor<4xi32>
tosa.variable @w = dense<4> : tensor<4xi32>
func.func private @get() -> i32 {
  %c0 = arith.constant 0 : index
  %m = memref.get_global @state : memref<1xi32>
  %v = memref.load %m[%c0] : memref<1xi32>
  return %v : i32
}
func.func private @set(%v: i32) {
  %c0 = arith.constant 0 : index
  %m = memref.get_global @state : memref<1xi32>
  memref.store %v, %m[%c0] : memref<1xi32>
  return
}
func.func private @print(i32)

// Through calls: what reads the state and what writes it share a stage.
// CHECK-LABEL: @calls
// CHECK: call @get() {respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: call @set({{.*}}) {respect.stage = #respect.stage<[[S]] of 2>}
func.func @calls(%x: i32) -> i32 {
  %c1 = arith.constant 1 : i32
  %old = func.call @get() : () -> i32
  %0 = arith.addi %x, %c1 : i32
  func.call @set(%0) : (i32) -> ()
  %1 = arith.muli %0, %x : i32
  %2 = arith.addi %old, %1 : i32
  return %2 : i32
}

// CHECK-LABEL: @ml_program
// CHECK: ml_program.global_load @v {{.*}}{respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: ml_program.global_store @v {{.*}}{respect.stage = #respect.stage<[[S]] of 2>}
// CHECK: ml_program.global_load @v {{.*}}{respect.stage = #respect.stage<[[S]] of 2>}
func.func @ml_program(%x: tensor<4xi32>) -> tensor<4xi32> {
  %old = ml_program.global_load @v : tensor<4xi32>
  %0 = arith.addi %x, %x : tensor<4xi32>
  ml_program.global_store @v = %0 : tensor<4xi32>
  %1 = arith.muli %0, %x : tensor<4xi32>
  %new = ml_program.global_load @v : tensor<4xi32>
  %2 = arith.addi %old, %1 : tensor<4xi32>
  %3 = arith.addi %2, %new : tensor<4xi32>
  return %3 : tensor<4xi32>
}

// CHECK-LABEL: @variables
// CHECK: "tfl.read_variable"({{.*}}) {respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: "tfl.assign_variable"({{.*}}) {respect.stage = #respect.stage<[[S]] of 2>}
func.func @variables(%x: tensor<4xf32>) -> tensor<4xf32> {
  %h = "tfl.var_handle"() {container = "", shared_name = "v"} : () -> tensor<!tf_type.resource>
  %old = "tfl.read_variable"(%h) : (tensor<!tf_type.resource>) -> tensor<4xf32>
  %0 = "tfl.relu"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %h2 = "tfl.var_handle"() {container = "", shared_name = "v"} : () -> tensor<!tf_type.resource>
  "tfl.assign_variable"(%h2, %0) : (tensor<!tf_type.resource>, tensor<4xf32>) -> ()
  %1 = "tfl.tanh"(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = "tfl.add"(%1, %old) {fused_activation_function = "NONE"} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// Of what a function without a body does nothing is known: the calls keep their order, and may be in different stages.
// CHECK-LABEL: @prints
// CHECK: call @print({{.*}}) {respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: call @print({{.*}}) {respect.stage = #respect.stage<{{[01]}} of 2>}
func.func @prints(%x: i32) -> i32 {
  %0 = arith.addi %x, %x {respect.macs = 1000 : i64} : i32
  func.call @print(%x) : (i32) -> ()
  %1 = arith.muli %0, %x {respect.macs = 1000 : i64} : i32
  func.call @print(%0) : (i32) -> ()
  return %1 : i32
}

// Regions count by what they hold, and pure ones bind nothing.
// CHECK-LABEL: @regions
// CHECK: scf.if
// CHECK: {respect.macs = 1000 : i64, respect.stage = #respect.stage<0 of 2>}
// CHECK: scf.if
// CHECK: {respect.macs = 1000 : i64, respect.stage = #respect.stage<1 of 2>}
func.func @regions(%x: i32, %c: i1) -> i32 {
  %a = scf.if %c -> i32 {
    scf.yield %x : i32
  } else {
    %r = arith.addi %x, %x : i32
    scf.yield %r : i32
  } {respect.macs = 1000 : i64}
  %b = scf.if %c -> i32 {
    scf.yield %a : i32
  } else {
    %r = arith.subi %a, %x : i32
    scf.yield %r : i32
  } {respect.macs = 1000 : i64}
  return %b : i32
}
