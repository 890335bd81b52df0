// Loading the plugin changes nothing and says nothing.

// RUN: %respect-opt %s -o %t.with 2>&1 | count 0
// RUN: mlir-opt --allow-unregistered-dialect %s -o %t.without
// RUN: diff %t.with %t.without

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
