// An operation whose side effects may meet those of another is in no earlier stage than that one, and with Coral's rules in the same
// stage if they share state.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-verify-schedule)' %s -verify-diagnostics

func.func private @print(i32)
func.func @order(%x: i32) -> i32 attributes {respect.schedule = {rules = "precedence"}} {
  call @print(%x) {respect.stage = 1 : i32} : (i32) -> ()
  %0 = arith.addi %x, %x {respect.stage = 0 : i32} : i32
  // expected-error @+1 {{operation 2 is in stage 0, before operation 0 in stage 1, but must follow it: their side effects may meet}}
  call @print(%x) {respect.stage = 0 : i32} : (i32) -> ()
  return %0 : i32
}
ml_program.global private mutable @v(dense<4> : tensor<4xi32>) : tensor<4xi32>
func.func @state(%x: tensor<4xi32>) -> tensor<4xi32> {
  %0 = ml_program.global_load @v : tensor<4xi32> {respect.stage = 0 : i32}
  %1 = arith.addi %0, %x {respect.stage = 0 : i32} : tensor<4xi32>
  %2 = arith.addi %1, %x {respect.stage = 1 : i32} : tensor<4xi32>
  // expected-error @+1 {{operations 0 and 3 must share a stage (they share state) but are in 0 and 1}}
  ml_program.global_store @v = %1 : tensor<4xi32> {respect.stage = 1 : i32}
  return %2 : tensor<4xi32>
}
