// An argument of a stage's function has the location of what it stands for: the argument of the function, or the operation
// that makes the value in an earlier stage.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-outline-stages)' %s --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// CHECK: func.func private @main_stage_0(%{{.*}}: tensor<4xi8> loc("image"))
// CHECK: func.func private @main_stage_1(%{{.*}}: tensor<4xi8> loc("first"))
// CHECK: func.func private @main_stage_2(%{{.*}}: tensor<4xi8> loc("first"), %{{.*}}: tensor<4xi8> loc("second"))
func.func @main(%x: tensor<4xi8> loc("image")) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("first")
  %1 = "a.two"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8> loc("second")
  %2 = "a.three"(%0, %1) {respect.stage = 2 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8> loc("third")
  return %2 : tensor<4xi8>
}
