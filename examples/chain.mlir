// A function for the programs of examples/cpp, examples/c and examples/rust to cut.
module {
  func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
    %0 = "tfl.relu"(%x) {respect.macs = 1000 : i64, respect.parameter_bytes = 64 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
    %1 = "tfl.tanh"(%0) {respect.macs = 1000 : i64, respect.parameter_bytes = 64 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
    %2 = "tfl.abs"(%1) {respect.macs = 1000 : i64, respect.parameter_bytes = 64 : i64} : (tensor<1x8xi8>) -> tensor<1x8xi8>
    return %2 : tensor<1x8xi8>
  }
}
