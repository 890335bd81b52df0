// A function without a return is refused before any pass sees it.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s 2>&1 | FileCheck %s

// CHECK: error: {{.*}}block with no terminator
"builtin.module"() ({
  "func.func"() ({
  ^start(%x: tensor<4xi8>):
    %0 = "func.constant"() {value = @main} : () -> (() -> ())
  }) {function_type = (tensor<4xi8>) -> (), sym_name = "main"} : () -> ()
}) : () -> ()
