// Where no scheduler is named, `respect` keeps apart what the compiler refuses.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: %respect-opt %t/m.mlir --mlir-print-debuginfo --pass-pipeline='builtin.module(func.func(respect-schedule))' | sed 's/solver = "respect"/solver = "mine"/' > %t/s.mlir
// RUN: env STANDIN_REFUSE=model/max_pooling2d/MaxPool %respect-opt %t/s.mlir --pass-pipeline='builtin.module(respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin})' -o /dev/null
// RUN: FileCheck %s --input-file %t/stages/schedule.json

// CHECK: "scheduler": "respect"
// CHECK: "apart": [
