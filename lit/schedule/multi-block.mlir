// A function of several blocks is no graph: an error, never a crash.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s -verify-diagnostics

// expected-error @+1 {{has several blocks}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  cf.br ^next(%0 : tensor<4xi8>)
^next(%y: tensor<4xi8>):
  %1 = "a.two"(%y) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
