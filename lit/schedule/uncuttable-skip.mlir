// A function that cannot be cut is left as it is, with a warning that says why, where another function can be cut.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{constants=a.c pure=a})' %s -verify-diagnostics | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{on-uncuttable=skip constants=a.c pure=a})' %s -verify-diagnostics | FileCheck %s
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{constants=a.c pure=a})' %s -verify-diagnostics | FileCheck %s --check-prefix=PIPELINE

// CHECK-NOT: respect.
// CHECK: func.func @cut({{.*}}respect.schedule
// CHECK: respect.stage

// PIPELINE: func.func @short({{.*}}) -> tensor<4xi8> {
// PIPELINE-NEXT: "a.one"
// PIPELINE: func.func @several_blocks({{.*}}) -> tensor<4xi8> {
// PIPELINE: func.func @cut({{.*}}respect.pipeline
// PIPELINE: call @cut_stage_1

// expected-warning @+1 {{'short' is left without stages, as it cannot be cut: cannot schedule 'short': 2 stages, but the graph has only one operation: use at most 1}}
func.func @short(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
// expected-warning @+1 {{'several_blocks' is left without stages, as it cannot be cut: 'func.func' has several blocks}}
func.func @several_blocks(%x: tensor<4xi8>) -> tensor<4xi8> {
  cf.br ^next(%x : tensor<4xi8>)
^next(%y: tensor<4xi8>):
  %0 = "a.one"(%y) : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
func.func @cut(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
