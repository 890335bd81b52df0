#![no_main]
//! See `respect::fuzz::weights`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect::fuzz::weights(bytes));
