#![no_main]
//! See `respect::fuzz::package`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect::fuzz::package(bytes));
