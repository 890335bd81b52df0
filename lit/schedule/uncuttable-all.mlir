// Where no function can be cut there is an error at each, as nothing was done.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{on-uncuttable=skip})' %s -verify-diagnostics

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
