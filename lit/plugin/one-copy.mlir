// The plugin shares the host's MLIR and LLVM: the process holds one copy of each.
// RUN: env LD_DEBUG=files %respect-opt %s 2> %t || true
// RUN: grep 'calling init' %t | FileCheck %s
// RUN: readelf -d %plugin | FileCheck %s --check-prefix=NEEDED

// CHECK-DAG: libLLVM.so.22.1
// CHECK-DAG: libMLIR.so.22.1
// CHECK: librespect_passes.so
// CHECK-NOT: libLLVM
// CHECK-NOT: libMLIR
// NEEDED-DAG: libMLIR.so.22.1
// NEEDED-DAG: libLLVM.so.22.1
module {}
