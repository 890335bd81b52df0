// A remark counts the operations of which nothing is known that would price them, by name. An operation that is known to
// pass values through is priced by their bytes and is not among them.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s --remarks-filter=respect -o /dev/null 2>&1 | FileCheck %s

// CHECK: remark: [Missed] priced-at-nothing | Category:respect | Function=main | Remark="priced at nothing: 2 x foo.bar and 1 x foo.baz; give respect.macs, respect.parameter_bytes or respect.compute_us"
// CHECK-NOT: nothing-priced
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %w = arith.constant dense<1> : tensor<16xi8>
  %0 = "foo.bar"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "foo.weighted"(%0, %w) : (tensor<4xi8>, tensor<16xi8>) -> tensor<4xi8>
  %2 = "foo.baz"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  %3 = "foo.bar"(%2) : (tensor<4xi8>) -> tensor<4xi8>
  %4 = "tfl.tanh"(%3) : (tensor<4xi8>) -> tensor<4xi8>
  %5 = tosa.add %4, %4 : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  %6 = "foo.counted"(%5) {respect.macs = 5 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %6 : tensor<4xi8>
}
