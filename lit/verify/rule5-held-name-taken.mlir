// Rule 5: a tensor that is held on the host while another takes its name. Names are in the locations.
// RUN: not %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' 2>&1 | FileCheck %s

// CHECK: error: {{.*}}rule 5: tensor 'same' is held after stage 0 but shares its name with another tensor
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x8xi8> {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("same")
  %1 = "tfl.relu"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8> loc("same")
  %2 = "tfl.add"(%0, %1) {respect.stage = 2 : i32} : (tensor<1x8xi8>, tensor<1x8xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}
