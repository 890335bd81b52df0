// What is no field of a schedule, or no value of the field, is an error that names the field.

// RUN: mlir-opt --load-dialect-plugin=%plugin %s -split-input-file -verify-diagnostics

// expected-error @+1 {{duplicate or unknown struct parameter name: bogus}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, bogus = 1>}

// -----

// expected-error @+1 {{duplicate or unknown struct parameter name: stages}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, stages = 2>}

// -----

// expected-error @+1 {{struct is missing required parameter: stages}}
func.func private @f() attributes {respect.schedule = #respect.schedule<solver = "exact">}

// -----

// expected-error @+1 {{'stages' is 0: a schedule has at least one}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 0>}

// -----

// expected-error @+1 {{'stages' takes a number from 0 to 4294967295}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = -2>}

// -----

// expected-error @+2 {{expected one of [memory, latency] for the objective of a schedule, got: power}}
// expected-error @+1 {{parameter 'objective'}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, objective = power>}

// -----

// expected-error @+2 {{expected one of [coral, precedence] for the rules of a schedule, got: none}}
// expected-error @+1 {{parameter 'rules'}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, rules = none>}

// -----

// expected-error @+2 {{expected one of [optimal, feasible, budget_exhausted] for the status of a schedule, got: good}}
// expected-error @+1 {{parameter 'status'}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, status = good>}

// -----

// expected-error @+1 {{'solver' takes a string}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, solver = 3>}

// -----

// expected-error @+1 {{'bottleneck_us' is -1.000000e+00 : f64: a time is a finite f64 of 0 us or more}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, bottleneck_us = -1>}

// -----

// expected-error @+2 {{expected floating point literal}}
// expected-error @+1 {{'lower_bound_us' takes a time in us from 0, such as 12.5}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, lower_bound_us = "soon">}

// -----

// expected-error @+1 {{'lower_bound_us' is 0x7FF0000000000000 : f64: a time is a finite f64 of 0 us or more}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, lower_bound_us = 1.0e999>}

// -----

// expected-error @+1 {{'peak_parameter_bytes' takes a number from 0 to 9223372036854775807}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, peak_parameter_bytes = 9223372036854775808>}

// -----

// expected-error @+1 {{'lower_bound_us' bounds the slowest stage's time, but the objective is memory: give 'lower_bound_bytes'}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, objective = memory, lower_bound_us = 1.0>}

// -----

// expected-error @+1 {{'lower_bound_bytes' bounds the largest stage's bytes, but the objective is latency: give 'lower_bound_us'}}
func.func private @f() attributes {respect.schedule = #respect.schedule<stages = 2, lower_bound_bytes = 1>}
