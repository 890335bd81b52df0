// The help of mlir-opt lists the passes and the pipeline with their summaries.

// RUN: %respect-opt --help | FileCheck %s

// CHECK-DAG: --respect-schedule {{.*}}Assign every operation of a function to a stage
// CHECK-DAG: --respect-verify-schedule {{.*}}Judge the stages
// CHECK-DAG: --respect-outline-stages {{.*}}Move each stage of every scheduled function
// CHECK-DAG: --respect-inline-stages {{.*}}Put outlined stages back
// CHECK-DAG: --respect-emit-stages {{.*}}Write each stage as a TensorFlow Lite model
// CHECK-DAG: --respect-pipeline {{.*}}Schedule, judge and outline
