// What the compiler refuses together is cut apart, by the scheduler that the function names.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: env STANDIN_REFUSE=model/max_pooling2d/MaxPool %respect-opt %t/m.mlir --remarks-filter=respect --pass-pipeline='builtin.module(func.func(respect-schedule{scheduler=exact}),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin recut=2})' -o /dev/null 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=MANIFEST --input-file %t/stages/schedule.json
// RUN: %respect verify %t/stages

// CHECK: [Passed] emitted-so {{.*}} refused (Internal compiler error. Aborting!){{.*}}cut again with these apart
// MANIFEST: "scheduler": "exact"
// MANIFEST: "apart": [
// MANIFEST: "rounds": [
