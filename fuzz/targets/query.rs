//! Texts in place of query strings.
#![no_main]

libfuzzer_sys::fuzz_target!(|query: &str| music_analytics::view::analytics::fuzz::check_query(query));
