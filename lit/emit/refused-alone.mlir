// An operation that the compiler refuses by itself is an error at the operation.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: not env STANDIN_REFUSE_ALONE=model/max_pooling2d/MaxPool %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin })' 2>&1 | FileCheck %s
// RUN: not ls %t/stages

// CHECK: error: loc({{.*}}"model/max_pooling2d/MaxPool"{{.*}}): cannot emit the stages of 'main'
// CHECK: re-cut: it refuses MAX_POOL_2D 3 'model/max_pooling2d/MaxPool' in a stage of its own, so no other cut can help
