//! Invariants that must hold for any query string. `fuzz/` searches for counterexamples; the test below
//! replays its seeds, which include everything it has found.

use crate::domain::query::{Parameters, Taken};
use crate::domain::{Month, Query};
use crate::view::Address;
use crate::view::analytics::address::PATH;
use crate::view::forms::encoding::{decode, encode};

/// Parses a query string like the page and like the API, and checks that addresses and queries survive a
/// round trip.
///
/// # Panics
/// An invariant is violated.
pub fn take(query: &str) {
    take_leniently(query);
    take_strictly(query);
}

/// As the page `/analytics` parses it.
fn take_leniently(query: &str) {
    let address = Address::parse(query);
    let again = again(&address);
    assert_eq!(again.href(), address.href());
    assert!(again.notices.is_empty());
    assert_eq!(again, Address { notices: Vec::new(), ..address.clone() });
    let all = ["spotify", "youtube"].map(str::to_owned);
    let month: Month = "2026-10".parse().expect("a month");
    let settled = address.clone().settled(month, &all);
    assert_eq!(settled.redirect(month, &all), None, "one redirect is enough");
    if let Ok(asked) = settled.query() {
        assert!(address.is_question());
        // The link to the JSON asks the API the same.
        let json = settled.json_href();
        let (_, query) = json.split_once('?').expect("a query");
        assert_eq!(question(query), Ok(asked));
    }
}

fn again(address: &Address) -> Address {
    let href = address.href();
    Address::parse(href.strip_prefix(PATH).expect("the path").trim_start_matches('?'))
}

/// As the API parses it.
fn take_strictly(query: &str) {
    let mut parameters = Parameters::default();
    for (name, value) in decode(query) {
        parameters.take(&name, &value);
    }
    match parameters.check() {
        Ok(asked) => {
            assert!(!asked.artists.is_empty() && asked.artists.is_sorted_by(|a, b| a < b));
            assert!(asked.platforms.is_sorted_by(|a, b| a < b));
            assert_eq!(question(&encode(parameters.pairs())), Ok(asked));
        }
        Err(errors) => assert!(!errors.is_empty() && errors.iter().all(|error| !error.message.is_empty())),
    }
}

fn question(query: &str) -> Result<Query, ()> {
    let mut parameters = Parameters::default();
    for (name, value) in decode(query) {
        if parameters.take(&name, &value) != Taken::Yes {
            return Err(());
        }
    }
    parameters.check().map_err(drop)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_of_the_fuzzer_is_withstood() {
        for seed in std::fs::read_dir("fuzz/seeds/query").unwrap() {
            super::take(&std::fs::read_to_string(seed.unwrap().path()).unwrap());
        }
    }
}
