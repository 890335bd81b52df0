// Rule 2: a stage must hand on what a model output depends on.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' %s -verify-diagnostics

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error-re @+1 {{rule 2: stage 1 makes nothing that a later stage needs for a model output}}
  %1 = "a.dead"(%0) {respect.stage = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.two"(%0) {respect.stage = 2 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
