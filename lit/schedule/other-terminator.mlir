// An operation that MLIR does not know may end a function in place of a return; it is no node of the graph.
// RUN: %respect-opt %s --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}))' | FileCheck %s

// CHECK: "tfl.relu"{{.*}}respect.stage = #respect.stage<0
// CHECK: "mine.end"
// CHECK-NOT: respect.stage
"builtin.module"() ({
  "func.func"() <{function_type = (tensor<8xi8>) -> tensor<8xi8>, sym_name = "main"}> ({
  ^bb0(%x: tensor<8xi8>):
    %0 = "tfl.relu"(%x) : (tensor<8xi8>) -> tensor<8xi8>
    "mine.end"(%0) : (tensor<8xi8>) -> ()
  }) : () -> ()
}) : () -> ()
