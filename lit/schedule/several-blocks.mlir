// Control flow is no graph: an error, not a crash.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2}))' -verify-diagnostics

// expected-error @+1 {{has several blocks}}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  cf.br ^bb1
^bb1:
  cf.br ^bb1
}
