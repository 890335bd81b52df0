// Named operations and a generic one that uses a value from outside its region.
#same = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @model(%a: tensor<3x4xf32>, %b: tensor<4x3xf32>, %s: f32) -> (tensor<3xf32>, tensor<3x3xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x3xf32>) -> tensor<3x3xf32>
  %m = linalg.matmul ins(%a, %b : tensor<3x4xf32>, tensor<4x3xf32>) outs(%f : tensor<3x3xf32>) -> tensor<3x3xf32>
  %g = linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]} ins(%m : tensor<3x3xf32>) outs(%e : tensor<3x3xf32>) {
  ^bb0(%x: f32, %y: f32):
    %0 = arith.mulf %x, %s : f32
    linalg.yield %0 : f32
  } -> tensor<3x3xf32>
  %q = linalg.exp ins(%g : tensor<3x3xf32>) outs(%e : tensor<3x3xf32>) -> tensor<3x3xf32>
  %t = linalg.transpose ins(%q : tensor<3x3xf32>) outs(%e : tensor<3x3xf32>) permutation = [1, 0]
  %r = tensor.empty() : tensor<3xf32>
  %rf = linalg.fill ins(%s : f32) outs(%r : tensor<3xf32>) -> tensor<3xf32>
  %sum = linalg.generic {indexing_maps = [#same, #row], iterator_types = ["parallel", "reduction"]} ins(%t : tensor<3x3xf32>) outs(%rf : tensor<3xf32>) {
  ^bb0(%x: f32, %y: f32):
    %0 = arith.addf %x, %y : f32
    linalg.yield %0 : f32
  } -> tensor<3xf32>
  return %sum, %m : tensor<3xf32>, tensor<3x3xf32>
}
