// Flags reach the compiler, and the commands in the manifest.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: env STANDIN_CALLS=%t/calls %respect-opt %t/m.mlir --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin compiler-flags=min_runtime_version=13,timeout_sec=900})' -o /dev/null
// RUN: FileCheck %s --input-file %t/calls
// RUN: FileCheck %s --check-prefix=MANIFEST --input-file %t/stages/schedule.json

// CHECK: "--min_runtime_version","13","--timeout_sec","900"
// MANIFEST: "--min_runtime_version",
// MANIFEST-NEXT: "13",
// MANIFEST-NEXT: "--timeout_sec",
