// State behind calls, in memory and in a tensor: each is read, written and read again.
memref.global "private" @count : memref<1xi32> = dense<4>
ml_program.global private mutable @last(dense<[1, 2, 3, 4]> : tensor<4xi32>) : tensor<4xi32>
func.func private @read() -> i32 {
  %0 = arith.constant 0 : index
  %1 = memref.get_global @count : memref<1xi32>
  %2 = memref.load %1[%0] : memref<1xi32>
  return %2 : i32
}
func.func private @write(%x: i32) {
  %0 = arith.constant 0 : index
  %1 = memref.get_global @count : memref<1xi32>
  memref.store %x, %1[%0] : memref<1xi32>
  return
}
func.func private @add(%x: i32) -> i32 {
  %0 = call @read() : () -> i32
  %1 = arith.addi %0, %x : i32
  call @write(%1) : (i32) -> ()
  return %0 : i32
}
func.func @model(%x: i32, %t: tensor<4xi32>) -> (i32, i32, i32, tensor<4xi32>) {
  %c3 = arith.constant 3 : i32
  %before = call @read() : () -> i32
  %0 = arith.muli %x, %c3 : i32
  %old = ml_program.global_load @last : tensor<4xi32>
  %1 = arith.addi %old, %t : tensor<4xi32>
  call @write(%0) : (i32) -> ()
  ml_program.global_store @last = %1 : tensor<4xi32>
  %2 = arith.subi %0, %x : i32
  %between = call @add(%2) : (i32) -> i32
  %new = ml_program.global_load @last : tensor<4xi32>
  %3 = arith.muli %new, %old : tensor<4xi32>
  %after = call @read() : () -> i32
  return %before, %between, %after, %3 : i32, i32, i32, tensor<4xi32>
}
