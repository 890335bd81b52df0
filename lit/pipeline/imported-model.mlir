// A bundled model goes from file to stages in two commands.
// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/chain.mlir
// RUN: %respect-opt %t/chain.mlir --pass-pipeline='builtin.module(respect-pipeline{stages=4 out-dir=%t/stages})' -o /dev/null
// RUN: %respect verify %t/stages | FileCheck %s

// CHECK: sound
