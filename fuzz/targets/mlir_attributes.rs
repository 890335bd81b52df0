#![no_main]
//! See `respect::fuzz::mlir_attributes`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect::fuzz::mlir_attributes(bytes));
