// The on-chip capacity is corrected by what the compiler reports.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: %respect-opt %t/m.mlir --remarks-filter=respect --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin refine=2})' -o /dev/null 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=MANIFEST --input-file %t/stages/schedule.json

// CHECK: [Passed] emitted-so {{.*}}Remark="the compiler caches {{6.99|7.00}} MiB of parameters
// MANIFEST: "reported_bottleneck_us": {{[0-9]}}
