// A device is named by its preset; a PCIe module gets activations out faster than a USB accelerator.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{device=usb3}))' %s | FileCheck %s --check-prefix=USB
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{device=pcie}))' %s | FileCheck %s --check-prefix=PCIE

// 1 MiB in and 4 B out, or the other way round: an invocation and the link's time.
// USB: device = "usb3", bottleneck_us = 16443.
// PCIE: device = "pcie", bottleneck_us = 10457.
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<1048576xi8>
  %1 = "a.two"(%0) : (tensor<1048576xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
