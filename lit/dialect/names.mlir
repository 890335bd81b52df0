// The dialect knows the names under which operations carry what belongs to it, and what each takes.

// RUN: mlir-opt --load-dialect-plugin=%plugin %s -split-input-file -verify-diagnostics

// expected-error @+1 {{'respect.stages' is no attribute of RESPECT, whose are respect.stage, respect.schedule, respect.pipeline}}
func.func private @f() attributes {respect.stages = 2 : i32}

// -----

func.func @f() {
  // expected-error @+1 {{'respect.schedule' belongs on a function; remove it from this operation}}
  func.return {respect.schedule = #respect.schedule<stages = 2>}
}

// -----

// expected-error @+1 {{'respect.metadata' belongs on a module; remove it from this operation}}
func.func private @f() attributes {respect.metadata = []}

// -----

// expected-error @+1 {{'respect.stage' is #respect.schedule<stages = 2>, not a stage: give an integer from 0, like 0 : i32}}
func.func private @f() attributes {respect.stage = #respect.schedule<stages = 2>}

// -----

// expected-error @+1 {{'respect.stage' is -1 : i32, not a stage}}
func.func private @f() attributes {respect.stage = -1 : i32}

// -----

// expected-error @+1 {{'respect.pipeline' is #respect.stage<0 of 2>, not a schedule: give #respect.schedule<stages = 2> or a dictionary}}
func.func private @f() attributes {respect.pipeline = #respect.stage<0 of 2>}

// -----

// expected-error @+1 {{'respect.position' is -1 : i64, not a position: give an integer from 0, like 0 : i64}}
func.func private @f() attributes {respect.position = -1}

// -----

// expected-error @+1 {{'respect.pure' is "a", not a list of names of operations: give ["tfl.custom"]}}
func.func private @f() attributes {respect.pure = "a"}

// -----

// expected-error @+1 {{'respect.version' is "2", not a version: give an integer, like 1 : i32}}
func.func private @f() attributes {respect.version = "2"}

// -----

// expected-error @+1 {{'respect.options' is [], not a dictionary of options}}
func.func private @f() attributes {respect.options = []}

// -----

// expected-error @+1 {{'respect.metadata' is "a", not a list of pairs of strings}}
module attributes {respect.metadata = "a"} {}

// -----

// expected-error @+1 {{'respect.macs' is 1.000000e+00 : f32, not a count: give an integer from 0, like 1000}}
func.func private @f() attributes {respect.macs = 1.0 : f32}

// -----

// expected-error @+1 {{'respect.parameter_bytes' is -1 : i64, not a count: give an integer from 0, like 1000}}
func.func private @f() attributes {respect.parameter_bytes = -1}

// -----

// expected-error @+1 {{'respect.compute_us' is -1.500000e+00 : f64, not a time in us: give a number from 0, like 12.5}}
func.func private @f() attributes {respect.compute_us = -1.5}

// -----

// Plain integers and dictionaries are taken as well.
func.func private @f() attributes {respect.stage = 1 : i64, respect.schedule = {stages = 2 : i32}, respect.macs = 5,
    respect.parameter_bytes = 0, respect.compute_us = 3}
