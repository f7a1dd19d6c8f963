#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fleetc_fuzz::target("edits")(data));
