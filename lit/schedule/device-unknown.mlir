// A device that is neither preset nor file is an error that lists the presets.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{device=tpu9}))' %s -verify-diagnostics

// expected-error @+1 {{device 'tpu9' is neither a preset (usb3, pcie, dev-board, usb3-std, pcie-std) nor a file: name a preset or give a TOML file's path}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
