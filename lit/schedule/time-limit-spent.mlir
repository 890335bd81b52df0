// Where the time limit ends the search, the schedule is not called optimal. The graph has 65,536 order ideals, which nobody visits in a
// millisecond; with all the time in the world they are a proof.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=exact rules=precedence time-limit-ms=1}))' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=exact rules=precedence time-limit-ms=600000}))' %s | FileCheck %s --check-prefix=PROVED

// CHECK: status = budget_exhausted
// PROVED: status = optimal
func.func @main(%x0: tensor<83000xi8>, %x1: tensor<71000xi8>, %x2: tensor<67000xi8>, %x3: tensor<61000xi8>, %x4: tensor<59000xi8>, %x5: tensor<53000xi8>, %x6: tensor<47000xi8>, %x7: tensor<43000xi8>, %x8: tensor<41000xi8>, %x9: tensor<37000xi8>, %x10: tensor<31000xi8>, %x11: tensor<29000xi8>, %x12: tensor<23000xi8>, %x13: tensor<19000xi8>, %x14: tensor<17000xi8>, %x15: tensor<13000xi8>)
    -> (tensor<83000xi8>, tensor<71000xi8>, tensor<67000xi8>, tensor<61000xi8>, tensor<59000xi8>, tensor<53000xi8>, tensor<47000xi8>, tensor<43000xi8>, tensor<41000xi8>, tensor<37000xi8>, tensor<31000xi8>, tensor<29000xi8>, tensor<23000xi8>, tensor<19000xi8>, tensor<17000xi8>, tensor<13000xi8>) {
  %w0 = arith.constant dense<3> : tensor<83000xi8>
  %0 = arith.muli %x0, %w0 : tensor<83000xi8>
  %w1 = arith.constant dense<3> : tensor<71000xi8>
  %1 = arith.muli %x1, %w1 : tensor<71000xi8>
  %w2 = arith.constant dense<3> : tensor<67000xi8>
  %2 = arith.muli %x2, %w2 : tensor<67000xi8>
  %w3 = arith.constant dense<3> : tensor<61000xi8>
  %3 = arith.muli %x3, %w3 : tensor<61000xi8>
  %w4 = arith.constant dense<3> : tensor<59000xi8>
  %4 = arith.muli %x4, %w4 : tensor<59000xi8>
  %w5 = arith.constant dense<3> : tensor<53000xi8>
  %5 = arith.muli %x5, %w5 : tensor<53000xi8>
  %w6 = arith.constant dense<3> : tensor<47000xi8>
  %6 = arith.muli %x6, %w6 : tensor<47000xi8>
  %w7 = arith.constant dense<3> : tensor<43000xi8>
  %7 = arith.muli %x7, %w7 : tensor<43000xi8>
  %w8 = arith.constant dense<3> : tensor<41000xi8>
  %8 = arith.muli %x8, %w8 : tensor<41000xi8>
  %w9 = arith.constant dense<3> : tensor<37000xi8>
  %9 = arith.muli %x9, %w9 : tensor<37000xi8>
  %w10 = arith.constant dense<3> : tensor<31000xi8>
  %10 = arith.muli %x10, %w10 : tensor<31000xi8>
  %w11 = arith.constant dense<3> : tensor<29000xi8>
  %11 = arith.muli %x11, %w11 : tensor<29000xi8>
  %w12 = arith.constant dense<3> : tensor<23000xi8>
  %12 = arith.muli %x12, %w12 : tensor<23000xi8>
  %w13 = arith.constant dense<3> : tensor<19000xi8>
  %13 = arith.muli %x13, %w13 : tensor<19000xi8>
  %w14 = arith.constant dense<3> : tensor<17000xi8>
  %14 = arith.muli %x14, %w14 : tensor<17000xi8>
  %w15 = arith.constant dense<3> : tensor<13000xi8>
  %15 = arith.muli %x15, %w15 : tensor<13000xi8>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15
      : tensor<83000xi8>, tensor<71000xi8>, tensor<67000xi8>, tensor<61000xi8>, tensor<59000xi8>, tensor<53000xi8>, tensor<47000xi8>, tensor<43000xi8>, tensor<41000xi8>, tensor<37000xi8>, tensor<31000xi8>, tensor<29000xi8>, tensor<23000xi8>, tensor<19000xi8>, tensor<17000xi8>, tensor<13000xi8>
}
