// Rule 3: a function that returns nothing has nothing for the last stage to return, and no stage needs another.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-verify-schedule))' -verify-diagnostics

// expected-error @+1 {{rule 3: the model has no outputs}}
func.func @main(%x: tensor<1x8xi8>) {
  // expected-error @+1 {{rule 2: stage 0 makes nothing}}
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<1x8xi8>) -> tensor<1x8xi8>
  "mine.sink"(%0) {respect.stage = 1 : i32} : (tensor<1x8xi8>) -> ()
  return
}
