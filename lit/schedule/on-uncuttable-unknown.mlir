// A value that on-uncuttable does not have is an error.

// RUN: not %respect-opt --pass-pipeline='builtin.module(respect-schedule{on-uncuttable=warn})' %s 2>&1 | FileCheck %s

// CHECK: for the --on-uncuttable option: Cannot find option named 'warn'!
module {}
