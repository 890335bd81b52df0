// A field that a device file does not have is an error that names file and field.

// RUN: split-file %s %t
// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{device=%t/bad.toml}))' %t/a.mlir 2>&1 | FileCheck %s

// CHECK: error: {{.*}}bad.toml: {{.*}}
// CHECK: speed
//--- bad.toml
speed = 3
//--- a.mlir
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
