// The plugin links the shared libraries of MLIR and LLVM that its host has, and holds no copy of its own.

// RUN: readelf -d %plugin | grep -E 'NEEDED.*(LLVM|MLIR)' | sort | FileCheck %s

// CHECK: [libLLVM.so.22.1]
// CHECK-NEXT: [libMLIR.so.22.1]
// CHECK-NOT: {{LLVM|MLIR}}
