#![no_main]
//! See `respect_mlir::fuzz::mlir_attributes`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect_mlir::fuzz::mlir_attributes(bytes));
