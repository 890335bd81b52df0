// A scheduler that there is not is refused, with its name.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=magic}))' %s 2>&1 | FileCheck %s

// CHECK: Cannot find option named 'magic'
// CHECK: failed to add `respect-schedule` with options `scheduler=magic`
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
