Once upon a time: a text that is no module is told what one is.

RUN: not %respect schedule %s -n 2 2>&1 | FileCheck %s

CHECK: error: {{.*}}no-module.mlir:1:1: {{.+}}
CHECK-NEXT: no-module.mlir: is no module of MLIR; give a file of operations, such as builtin.module or func.func, as text or as bytecode
