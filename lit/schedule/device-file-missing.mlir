// A device file that is not there is an error that names it.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{device=%t-none.toml}))' %s 2>&1 | FileCheck %s

// CHECK: error: {{.*}}-none.toml: No such file
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
