// Memory that is passed in, allocated, of the frame, seen by two names, and freed.
func.func @model(%m: memref<4xi32>, %x: i32) -> (i32, i32, i32, i32) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %view = memref.cast %m : memref<4xi32> to memref<?xi32>
  %0 = memref.load %m[%c2] : memref<4xi32>
  memref.store %x, %view[%c2] : memref<?xi32>
  %1 = memref.load %m[%c2] : memref<4xi32>
  %heap = memref.alloc() : memref<4xi32>
  linalg.fill ins(%1 : i32) outs(%heap : memref<4xi32>)
  %frame = memref.alloca() : memref<4xi32>
  memref.copy %heap, %frame : memref<4xi32> to memref<4xi32>
  linalg.add ins(%frame, %m : memref<4xi32>, memref<4xi32>) outs(%heap : memref<4xi32>)
  %2 = memref.load %heap[%c2] : memref<4xi32>
  memref.dealloc %heap : memref<4xi32>
  memref.store %2, %frame[%c0] : memref<4xi32>
  linalg.fill ins(%0 : i32) outs(%m : memref<4xi32>)
  %3 = memref.load %frame[%c0] : memref<4xi32>
  %4 = arith.addi %3, %2 : i32
  return %0, %1, %2, %4 : i32, i32, i32, i32
}
