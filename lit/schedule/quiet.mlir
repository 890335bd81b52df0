// Nobody is told anything who did not ask for remarks.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s -o /dev/null 2>&1 | count 0

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
