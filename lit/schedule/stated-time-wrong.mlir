// A measured time is a finite number from 0.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error@+1 {{'a.one' has respect.compute_us = 0x7FF0000000000000 : f64, which must be a time in microseconds from 0, such as 12.5 : f64}}
  %0 = "a.one"(%x) {respect.compute_us = 0x7FF0000000000000 : f64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
