// A model that is imported goes through to stages that pass their own check.

// RUN: rm -rf %t && mkdir %t
// RUN: %respect import %models/residual.tflite -o %t/m.mlir
// RUN: %respect-opt --pass-pipeline='builtin.module(respect-pipeline{stages=4 out-dir=%t/stages})' %t/m.mlir -o /dev/null
// RUN: %respect verify %t/stages | FileCheck %s

// CHECK: 4 stages
