#![no_main]
//! See `respect::fuzz::flatbuffer`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect::fuzz::flatbuffer(bytes));
