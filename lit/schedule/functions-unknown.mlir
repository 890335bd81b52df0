// A name that the module has not is an error that lists those that it has.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{functions=a,z})' %s -verify-diagnostics

// expected-error @+1 {{functions: the module has no function 'z'; it has a, b}}
module {
  func.func private @a(tensor<4xi8>)
  func.func @b(%x: tensor<4xi8>) -> tensor<4xi8> {
    return %x : tensor<4xi8>
  }
}
