// What is no stage is an error that says what a stage is.

// RUN: mlir-opt --load-dialect-plugin=%plugin %s -split-input-file -verify-diagnostics

// expected-error @+1 {{'stage' is 2 of 2: stages count from 0, and a stage is less than 'stages'}}
func.func private @f() attributes {respect.stage = #respect.stage<2 of 2>}

// -----

// expected-error @+1 {{'stage' takes a number from 0 to 4294967295}}
func.func private @f() attributes {respect.stage = #respect.stage<-1 of 2>}

// -----

// expected-error @+1 {{'stages' takes a number from 0 to 4294967295}}
func.func private @f() attributes {respect.stage = #respect.stage<0 of 4294967296>}

// -----

// expected-error @+1 {{expected 'of'}}
func.func private @f() attributes {respect.stage = #respect.stage<0>}

// -----

// expected-error @+1 {{unknown attribute `stages` in dialect `respect`}}
func.func private @f() attributes {respect.stage = #respect.stages<0 of 2>}
