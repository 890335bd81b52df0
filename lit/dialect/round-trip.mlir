// A host that loads the dialect reads and prints its attributes, with numbers that read back as the same.

// RUN: mlir-opt --load-dialect-plugin=%plugin %s | FileCheck %s
// RUN: mlir-opt --load-dialect-plugin=%plugin %s | mlir-opt --load-dialect-plugin=%plugin | FileCheck %s
// RUN: mlir-opt --load-dialect-plugin=%plugin %s --emit-bytecode | mlir-opt --load-dialect-plugin=%plugin | FileCheck %s

// CHECK: @least() attributes {respect.schedule = #respect.schedule<stages = 1>}
func.func private @least() attributes {respect.schedule = #respect.schedule<stages = 1>}

// CHECK: @all() attributes {respect.schedule = #respect.schedule<stages = 4294967295, solver = "by hand", status = budget_exhausted, objective = latency, rules = precedence, device = "a\22b", bottleneck_us = 0.1, peak_parameter_bytes = 9223372036854775807, lower_bound_us = 0.30000000000000004, detail = "in words">}
func.func private @all() attributes {respect.schedule = #respect.schedule<detail = "in words", lower_bound_us = 0.30000000000000004, peak_parameter_bytes = 9223372036854775807, bottleneck_us = 0.1, device = "a\22b", rules = precedence, objective = latency, status = budget_exhausted, solver = "by hand", stages = 4294967295>}

// CHECK: @memory() attributes {respect.schedule = #respect.schedule<stages = 2, status = feasible, objective = memory, rules = coral, bottleneck_us = 14.0, lower_bound_bytes = 0>}
func.func private @memory() attributes {respect.schedule = #respect.schedule<stages = 2, status = feasible, objective = memory, rules = coral, bottleneck_us = 14, lower_bound_bytes = 0>}

// CHECK: @extremes() attributes {respect.schedule = #respect.schedule<stages = 2, bottleneck_us = 1.7976931348623157e+308, lower_bound_us = 5.0e-324>}
func.func private @extremes() attributes {respect.schedule = #respect.schedule<stages = 2, bottleneck_us = 1.7976931348623157e308, lower_bound_us = 4.9e-324>}

// CHECK: @small() attributes {respect.schedule = #respect.schedule<stages = 2, bottleneck_us = 602.570208, lower_bound_us = 0.000001>}
func.func private @small() attributes {respect.schedule = #respect.schedule<stages = 2, bottleneck_us = 602.570208, lower_bound_us = 1.0e-6>}

// CHECK: @stage() attributes {respect.stage = #respect.stage<0 of 1>}
func.func private @stage() attributes {respect.stage = #respect.stage<0 of 1>}

// CHECK: @last() attributes {respect.stage = #respect.stage<4294967294 of 4294967295>}
func.func private @last() attributes {respect.stage = #respect.stage<4294967294 of 4294967295>}
