// The passes, their options and the pipeline are listed.
// RUN: %respect-opt --help | FileCheck %s

// CHECK: --respect-emit-stages
// CHECK: --out-dir=
// CHECK: --respect-inline-stages
// CHECK: --respect-outline-stages
// CHECK: --respect-schedule
// CHECK: --scheduler=
// CHECK: =order-dp
// CHECK: --respect-verify-schedule
// CHECK: --respect-pipeline
