// A device may be a TOML file.

// RUN: split-file %s %t
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{device=%t/slow.toml}))' %t/a.mlir | FileCheck %s

// CHECK: device = "{{.*}}slow.toml", bottleneck_us = 1005{{[.]}}
//--- slow.toml
base = "usb3"
invoke_us = 1000.0
//--- a.mlir
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
