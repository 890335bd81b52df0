// Operations of the tfl dialect are scheduled; their constants are parameters, not nodes.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{objective=memory}))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 8,
// CHECK: "tfl.pseudo_qconst"() {qtype = tensor<8xi8>, value = dense<1> : tensor<8xi8>} :
// CHECK: "tfl.add"({{.*}}) {{{.*}}respect.stage = #respect.stage<0 of 2>}
// CHECK: "tfl.tanh"({{.*}}) {respect.stage = #respect.stage<1 of 2>}
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %w = "tfl.pseudo_qconst"() {qtype = tensor<8xi8>, value = dense<1> : tensor<8xi8>} : () -> tensor<8xi8>
  %0 = "tfl.add"(%x, %w) {fused_activation_function = "NONE"} : (tensor<1x8xi8>, tensor<8xi8>) -> tensor<1x8xi8>
  %1 = "tfl.tanh"(%0) : (tensor<1x8xi8>) -> tensor<1x8xi8>
  return %1 : tensor<1x8xi8>
}
