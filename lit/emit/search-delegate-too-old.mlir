// A compiler that is older than its search is told of before anything is written.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: not env STANDIN_VERSION=14.1.317412892 %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin search-delegate=true})' 2>&1 | FileCheck %s
// RUN: not ls %t/stages

// CHECK: error: {{.*}}cannot emit the stages of 'main': edgetpu_compiler 14.1.317412892 has no flag search_delegate, which came with version 16
