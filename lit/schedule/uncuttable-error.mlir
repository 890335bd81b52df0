// With on-uncuttable=error every function that cannot be cut is an error, although others can be.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{on-uncuttable=error})' %s -verify-diagnostics
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{on-uncuttable=error})' %s -verify-diagnostics

func.func @cut(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
// expected-error @+1 {{cannot schedule 'short': 2 stages, but}}
func.func @short(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
// expected-error @+1 {{'func.func' has several blocks}}
func.func @several_blocks(%x: tensor<4xi8>) -> tensor<4xi8> {
  cf.br ^next(%x : tensor<4xi8>)
^next(%y: tensor<4xi8>):
  %0 = "a.one"(%y) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
