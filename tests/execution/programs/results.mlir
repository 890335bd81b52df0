// Results that are an argument, a constant, made at once, and returned twice.
func.func @model(%x: tensor<4xi32>, %y: i32) -> (tensor<4xi32>, i32, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) {
  %k = arith.constant 7 : i32
  %0 = arith.addi %x, %x : tensor<4xi32>
  %1 = arith.muli %0, %x : tensor<4xi32>
  %2 = arith.subi %1, %0 : tensor<4xi32>
  %3 = arith.xori %2, %1 : tensor<4xi32>
  return %x, %k, %0, %3, %0 : tensor<4xi32>, i32, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>
}
