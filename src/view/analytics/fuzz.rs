//! Invariants that must hold for any query string. `fuzz/` searches for counterexamples; the test below
//! replays its seeds, which include everything it has found.

use crate::domain::query::{ParamOutcome, Parameters};
use crate::domain::{Month, Query};
use crate::view::Address;
use crate::view::analytics::address::PATH;
use crate::view::forms::encoding::{decode, encode};

/// Parses a query string like the page and like the API, and checks that addresses and queries survive a
/// round trip.
///
/// # Panics
/// An invariant is violated.
pub fn check_query(query: &str) {
    check_page_address(query);
    check_api_parameters(query);
}

/// Parses like the page `/analytics`.
fn check_page_address(query: &str) {
    let address = Address::parse(query);
    let again = reparse(&address);
    assert_eq!(again.href(), address.href());
    assert!(again.notices.is_empty());
    assert_eq!(again, Address { notices: Vec::new(), ..address.clone() });
    let all = ["spotify", "youtube"].map(str::to_owned);
    let month: Month = "2026-10".parse().expect("a month");
    let settled = address.clone().settled(month, &all);
    assert_eq!(settled.redirect(month, &all), None, "one redirect is enough");
    if let Ok(asked) = settled.query() {
        assert!(address.has_query());
        // The JSON link must give the API the same query.
        let json = settled.json_href();
        let (_, query) = json.split_once('?').expect("a query");
        assert_eq!(parse_query(query), Ok(asked));
    }
}

fn reparse(address: &Address) -> Address {
    let href = address.href();
    Address::parse(href.strip_prefix(PATH).expect("the path").trim_start_matches('?'))
}

/// Parses like the API.
fn check_api_parameters(query: &str) {
    let mut parameters = Parameters::default();
    for (name, value) in decode(query) {
        parameters.set(&name, &value);
    }
    match parameters.check() {
        Ok(asked) => {
            assert!(!asked.artists.is_empty() && asked.artists.is_sorted_by(|a, b| a < b));
            assert!(asked.platforms.is_sorted_by(|a, b| a < b));
            assert_eq!(parse_query(&encode(parameters.pairs())), Ok(asked));
        }
        Err(errors) => assert!(!errors.is_empty() && errors.iter().all(|error| !error.message.is_empty())),
    }
}

fn parse_query(query: &str) -> Result<Query, ()> {
    let mut parameters = Parameters::default();
    for (name, value) in decode(query) {
        if parameters.set(&name, &value) != ParamOutcome::Accepted {
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
            super::check_query(&std::fs::read_to_string(seed.unwrap().path()).unwrap());
        }
    }
}
