#![no_main]
//! See `respect::fuzz::log`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect::fuzz::log(bytes));
