//! Files in place of import files.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| music_analytics::server::ingest::import::fuzz::take(file));
