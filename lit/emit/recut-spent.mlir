// Once the function was cut again as often as allowed, the error tells the option that allows more.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: printf 'model/max_pooling2d/MaxPool\nmodel/flatten/Reshape\nmodel/average_pooling2d/AvgPool\n' > %t/names
// RUN: printf '#!/bin/sh\nSTANDIN_REFUSE="$(cat %t/names)" exec %standin "$@"\n' > %t/compiler && chmod +x %t/compiler
// RUN: not %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%t/compiler recut=1})' 2>&1 | FileCheck %s
// RUN: not ls %t/stages

// CHECK: re-cut: 1 times already; allow more with recut
