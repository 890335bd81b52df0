// Functions and globals need no module around them, as for any tool of MLIR; from stdin neither.

// RUN: %respect schedule %s -n 2 | FileCheck %s
// RUN: %respect schedule - -n 2 < %s | FileCheck %s
// RUN: %respect export %s -o - | %respect inspect - | FileCheck %s --check-prefix=EXPORTED

// CHECK: 2 stages for latency
// CHECK: optimal
// EXPORTED: RELU
"memref.global"() {sym_name = "g", type = memref<1xi8>} : () -> ()
func.func private @other(tensor<4xi8>) -> tensor<4xi8>
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "tfl.relu"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "tfl.tanh"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
