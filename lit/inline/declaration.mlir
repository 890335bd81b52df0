// A declaration that says it was outlined is an error.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-inline-stages)' %s -verify-diagnostics

// expected-error @+1 {{'respect.pipeline' is on a declaration, which has no stages; remove the attribute}}
func.func private @main(tensor<4xi8>) -> tensor<4xi8> attributes {respect.pipeline = {stages = 1 : i32}}
