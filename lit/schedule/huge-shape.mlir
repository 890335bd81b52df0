// A shape of more elements than there are numbers is an error, never a crash.

// RUN: not %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule))' %s 2>&1 | FileCheck %s

// CHECK: error: {{.*}}9223372036854775807 is beyond 2^31
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<9223372036854775807x9223372036854775807xi8>
  %1 = "a.two"(%0) : (tensor<9223372036854775807x9223372036854775807xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}
