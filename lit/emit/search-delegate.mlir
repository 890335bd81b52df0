// A stage that is refused goes through the compiler's own search where that is asked for.

// RUN: rm -rf %t && mkdir %t && %respect import %models/chain.tflite -o %t/m.mlir
// RUN: env STANDIN_FAULT=large-activation STANDIN_FAULT_MATCH=segment_0 %respect-opt %t/m.mlir --remarks-filter=respect --pass-pipeline='builtin.module(func.func(respect-schedule),respect-emit-stages{out-dir=%t/stages edgetpu-compiler=%standin search-delegate=true})' -o /dev/null 2>&1 | FileCheck %s

// CHECK: Remark="main_segment_0_of_2.tflite: compiled with the compiler's search_delegate, as it was refused without
