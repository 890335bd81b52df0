// A file of comments is a module without functions.

// RUN: not %respect schedule %s -n 2 2>&1 | FileCheck %s

// CHECK: error: {{.*}}comments-alone.mlir: 'builtin.module' has no function; give a module with one
