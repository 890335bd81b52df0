// The options of the compilation go through the pipeline.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: env STANDIN_CALLS=%t/calls STANDIN_REFUSE=model/max_pooling2d/MaxPool %respect-opt %t/m.mlir --pass-pipeline='builtin.module(respect-pipeline{stages=2 out-dir=%t/stages edgetpu-compiler=%standin jobs=1 search-delegate=true compiler-flags=timeout_sec=900 recut=3 refine=1})' -o /dev/null
// RUN: FileCheck %s --input-file %t/calls
// RUN: FileCheck %s --check-prefix=MANIFEST --input-file %t/stages/schedule.json

// CHECK: "--timeout_sec","900"
// CHECK: "--search_delegate"
// MANIFEST: "apart": [
// MANIFEST: "reported_bottleneck_us": {{[0-9]}}
