// A loop, a branch and a conditional loop, each with values from outside and effects inside.
memref.global "private" @trace : memref<4xi32> = dense<1>
func.func private @printI64(i64)
func.func private @printNewline()
func.func private @tell(%x: i32) {
  %0 = arith.extsi %x : i32 to i64
  call @printI64(%0) : (i64) -> ()
  call @printNewline() : () -> ()
  return
}
func.func @model(%x: i32, %t: tensor<4xf32>) -> (i32, tensor<4xf32>, i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %k = arith.constant 5 : i32
  %half = arith.constant 0.5 : f32
  %g = memref.get_global @trace : memref<4xi32>
  %scaled = scf.for %i = %c0 to %c4 step %c1 iter_args(%a = %t) -> (tensor<4xf32>) {
    %v = tensor.extract %a[%i] : tensor<4xf32>
    %w = arith.mulf %v, %half : f32
    %b = tensor.insert %w into %a[%i] : tensor<4xf32>
    %n = arith.index_cast %i : index to i32
    memref.store %n, %g[%i] : memref<4xi32>
    func.call @tell(%n) : (i32) -> ()
    scf.yield %b : tensor<4xf32>
  }
  %big = arith.cmpi sgt, %x, %k : i32
  %branch = scf.if %big -> (i32) {
    %v = memref.load %g[%c1] : memref<4xi32>
    %s = arith.addi %v, %x : i32
    scf.yield %s : i32
  } else {
    func.call @tell(%x) : (i32) -> ()
    memref.store %x, %g[%c1] : memref<4xi32>
    scf.yield %k : i32
  }
  %end:2 = scf.while (%n = %branch, %a = %x) : (i32, i32) -> (i32, i32) {
    %more = arith.cmpi slt, %n, %k : i32
    scf.condition(%more) %n, %a : i32, i32
  } do {
  ^bb0(%n: i32, %a: i32):
    %next = arith.addi %n, %k : i32
    %sum = arith.addi %a, %next : i32
    scf.yield %next, %sum : i32, i32
  }
  %last = memref.load %g[%c1] : memref<4xi32>
  func.call @tell(%last) : (i32) -> ()
  return %end#1, %scaled, %last : i32, tensor<4xf32>, i32
}
