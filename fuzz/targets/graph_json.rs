#![no_main]
//! See `respect::fuzz::graph_json`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respect::fuzz::graph_json(bytes));
