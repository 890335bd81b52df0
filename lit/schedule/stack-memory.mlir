// Memory that ends with the function that it is made in crosses no cut, whatever leads to it: views, addresses, other memory, calls.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{stages=2 rules=precedence})' %s | FileCheck %s

// CHECK-LABEL: @addresses
// CHECK: llvm.alloca {{.*}}respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: llvm.ptrtoint {{.*}}respect.stage = #respect.stage<[[S]] of 2>}
// CHECK: llvm.inttoptr {{.*}}respect.stage = #respect.stage<[[S]] of 2>}
// CHECK: llvm.load {{.*}}respect.stage = #respect.stage<[[S]] of 2>}
func.func @addresses(%x: i32) -> i32 {
  %c1 = arith.constant 1 : i32
  %p = llvm.alloca %c1 x i32 : (i32) -> !llvm.ptr
  llvm.store %x, %p : i32, !llvm.ptr
  %n = llvm.ptrtoint %p : !llvm.ptr to i64
  %q = llvm.inttoptr %n : i64 to !llvm.ptr
  %v = llvm.load %q : !llvm.ptr -> i32
  %r = arith.addi %v, %x : i32
  return %r : i32
}

// CHECK-LABEL: @through_memory
// CHECK: memref.alloca() {{.*}}respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: memref.load {{.*}}respect.stage = #respect.stage<[[S]] of 2>}{{.*}}memref<1xmemref<4xi32>>
// CHECK: memref.load {{.*}}respect.stage = #respect.stage<[[S]] of 2>}
func.func @through_memory(%x: i32, %box: memref<1xmemref<4xi32>>) -> i32 {
  %c0 = arith.constant 0 : index
  %m = memref.alloca() : memref<4xi32>
  memref.store %x, %m[%c0] : memref<4xi32>
  memref.store %m, %box[%c0] : memref<1xmemref<4xi32>>
  %n = memref.load %box[%c0] : memref<1xmemref<4xi32>>
  %v = memref.load %n[%c0] : memref<4xi32>
  %r = arith.addi %v, %x : i32
  return %r : i32
}

// What is saved of the stack is restored in the function that it is of.
// CHECK-LABEL: @stack
// CHECK: llvm.intr.stacksave {{.*}}respect.stage = #respect.stage<[[S:[01]]] of 2>}
// CHECK: llvm.intr.stackrestore {{.*}}respect.stage = #respect.stage<[[S]] of 2>}
func.func @stack(%x: i32) -> i32 {
  %s = llvm.intr.stacksave : !llvm.ptr
  %0 = arith.addi %x, %x {respect.macs = 1000 : i64} : i32
  llvm.intr.stackrestore %s : !llvm.ptr
  %1 = arith.muli %0, %x {respect.macs = 1000 : i64} : i32
  return %1 : i32
}
