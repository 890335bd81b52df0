// In a module without functions no name is right.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-schedule{functions=z})' %s -verify-diagnostics

// expected-error @+1 {{functions: the module has no function 'z'; it has none}}
module {}
