// Where the time limit ends the search, the schedule is not called optimal. The graph has 65,537 order ideals, which nobody visits in a
// millisecond; with all the time in the world they are a proof.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=exact rules=precedence time-limit-ms=1}))' %s | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 scheduler=exact rules=precedence time-limit-ms=600000}))' %s | FileCheck %s --check-prefix=PROVED

// CHECK: status = "budget-exhausted"
// PROVED: status = "optimal"
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w0 = arith.constant dense<1> : tensor<83000xi8>
  %0 = "a.fc"(%x, %w0) : (tensor<4xi8>, tensor<83000xi8>) -> tensor<4xi8>
  %w1 = arith.constant dense<1> : tensor<71000xi8>
  %1 = "a.fc"(%x, %w1) : (tensor<4xi8>, tensor<71000xi8>) -> tensor<4xi8>
  %w2 = arith.constant dense<1> : tensor<67000xi8>
  %2 = "a.fc"(%x, %w2) : (tensor<4xi8>, tensor<67000xi8>) -> tensor<4xi8>
  %w3 = arith.constant dense<1> : tensor<61000xi8>
  %3 = "a.fc"(%x, %w3) : (tensor<4xi8>, tensor<61000xi8>) -> tensor<4xi8>
  %w4 = arith.constant dense<1> : tensor<59000xi8>
  %4 = "a.fc"(%x, %w4) : (tensor<4xi8>, tensor<59000xi8>) -> tensor<4xi8>
  %w5 = arith.constant dense<1> : tensor<53000xi8>
  %5 = "a.fc"(%x, %w5) : (tensor<4xi8>, tensor<53000xi8>) -> tensor<4xi8>
  %w6 = arith.constant dense<1> : tensor<47000xi8>
  %6 = "a.fc"(%x, %w6) : (tensor<4xi8>, tensor<47000xi8>) -> tensor<4xi8>
  %w7 = arith.constant dense<1> : tensor<43000xi8>
  %7 = "a.fc"(%x, %w7) : (tensor<4xi8>, tensor<43000xi8>) -> tensor<4xi8>
  %w8 = arith.constant dense<1> : tensor<41000xi8>
  %8 = "a.fc"(%x, %w8) : (tensor<4xi8>, tensor<41000xi8>) -> tensor<4xi8>
  %w9 = arith.constant dense<1> : tensor<37000xi8>
  %9 = "a.fc"(%x, %w9) : (tensor<4xi8>, tensor<37000xi8>) -> tensor<4xi8>
  %w10 = arith.constant dense<1> : tensor<31000xi8>
  %10 = "a.fc"(%x, %w10) : (tensor<4xi8>, tensor<31000xi8>) -> tensor<4xi8>
  %w11 = arith.constant dense<1> : tensor<29000xi8>
  %11 = "a.fc"(%x, %w11) : (tensor<4xi8>, tensor<29000xi8>) -> tensor<4xi8>
  %w12 = arith.constant dense<1> : tensor<23000xi8>
  %12 = "a.fc"(%x, %w12) : (tensor<4xi8>, tensor<23000xi8>) -> tensor<4xi8>
  %w13 = arith.constant dense<1> : tensor<19000xi8>
  %13 = "a.fc"(%x, %w13) : (tensor<4xi8>, tensor<19000xi8>) -> tensor<4xi8>
  %w14 = arith.constant dense<1> : tensor<17000xi8>
  %14 = "a.fc"(%x, %w14) : (tensor<4xi8>, tensor<17000xi8>) -> tensor<4xi8>
  %w15 = arith.constant dense<1> : tensor<13000xi8>
  %15 = "a.fc"(%x, %w15) : (tensor<4xi8>, tensor<13000xi8>) -> tensor<4xi8>
  %r = "a.join"(%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15) : (tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}
