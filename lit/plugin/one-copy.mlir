// A host with the plugin has one MLIR and one LLVM in its process.

// RUN: env LD_DEBUG=libs %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s -o %t.mlir 2> %t.log
// RUN: grep -cE 'calling init: .*/libMLIR[.-]' %t.log | FileCheck %s
// RUN: grep -cE 'calling init: .*/libLLVM[.-]' %t.log | FileCheck %s
// RUN: FileCheck %s --check-prefix=RAN < %t.mlir

// CHECK: {{^1$}}
// RAN: respect.schedule
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
