// Constants of dialects that are not registered are known by their names, and count by their values' types.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1 objective=memory}))' %s | FileCheck %s

// CHECK: peak_parameter_bytes = 3496
// CHECK: return
// CHECK-NOT: constant{{.*}}respect.stage
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "stablehlo.constant"() <{value = dense<1> : tensor<1000xi8>}> : () -> tensor<1000xi8>
  %1 = "mhlo.constant"() {value = dense<1> : tensor<100xi8>} : () -> tensor<100xi8>
  %2 = "onnx.Constant"() {value = dense<1> : tensor<10xi32>} : () -> tensor<10xi32>
  %3 = "tf.Const"() {value = #tf_type<tensor_proto : "0x01">} : () -> tensor<300xi8>
  %4 = "tfl.pseudo_sparse_const"() {compressed_data = dense<1> : tensor<5xi8>, value = dense<0> : tensor<2000xi8>} : () -> tensor<2000xi8>
  %5 = "torch.vtensor.literal"() {value = dense<1> : tensor<56xi8>} : () -> !torch.vtensor<[56],si8>
  %6 = "a.use"(%x, %0, %1, %2, %3, %4, %5) : (tensor<4xi8>, tensor<1000xi8>, tensor<100xi8>, tensor<10xi32>, tensor<300xi8>, tensor<2000xi8>, !torch.vtensor<[56],si8>) -> tensor<4xi8>
  return %6 : tensor<4xi8>
}
