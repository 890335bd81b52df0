// Parameter bytes are an integer from 0.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error@+1 {{'tfl.tanh' has respect.parameter_bytes = "many", which must be an integer from 0, such as 1000 : i64}}
  %0 = "tfl.tanh"(%x) {respect.parameter_bytes = "many"} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
