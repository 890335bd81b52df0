// A buffer has no bytes to send: it may be used, but not cut.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' -verify-diagnostics

// expected-error @+1 {{use at most 1}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "mine.op"(%x) : (tensor<1x8xi8>) -> memref<8xi8>
  %1 = "mine.op"(%0) : (memref<8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
