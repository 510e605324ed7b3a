//! Bodies in place of the provider's answers.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| music_analytics::server::provider::fuzz::take(body));
