// A pass on one function may not look into those that it calls, and says so at the call.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' %s -verify-diagnostics

func.func private @get() -> i32
func.func @main(%x: i32) -> i32 {
  // expected-error @+1 {{calls a function, and a pass on one function may not look into others: run the pass on the module, as builtin.module(respect-schedule)}}
  %0 = func.call @get() : () -> i32
  %1 = arith.addi %0, %x : i32
  return %1 : i32
}
