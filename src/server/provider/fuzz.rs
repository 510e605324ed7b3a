//! Invariants of the client for arbitrary response bytes, checked by `fuzz/`; its findings are among the
//! seeds of the test below.

use serde::de::DeserializeOwned;

use super::request::ApiRequest;
use super::retry::AttemptError;
use super::secret::Secrets;
use super::time_series::Collector;
use super::wire::{
    self, ApiPage, ArtistAudienceRow, Envelope, RankingRelated, RankingRow, SeriesRow, Single,
    SongAudienceRow, StreamingRow,
};
use super::{ApiPlatform, Artist, Chart, Identifier, Song, TimeSeries};
use crate::domain::sync::window::{MAX_DAYS, Window};

const SECRET: &str = "s3cret";

/// Parses a body as every kind of response.
///
/// # Panics
/// An invariant does not hold.
pub fn take(body: &[u8]) {
    read::<Single<Artist>>(body);
    read::<Single<Song>>(body);
    read::<ApiPage<Artist>>(body);
    read::<ApiPage<Song>>(body);
    read::<ApiPage<ApiPlatform>>(body);
    read::<ApiPage<Identifier>>(body);
    read::<ApiPage<RankingRow, RankingRelated>>(body);
    read::<ApiPage<String>>(body);
    for chart in read::<ApiPage<Chart>>(body).map(|page| page.items.rows).unwrap_or_default() {
        chart.frequency();
    }
    take_series::<SongAudienceRow>(body);
    take_series::<ArtistAudienceRow>(body);
    take_series::<StreamingRow>(body);
}

/// Checks that the message for an unreadable body is one line without secrets.
fn read<T: DeserializeOwned + Envelope>(body: &[u8]) -> Option<T> {
    let ask = ApiRequest::new("a test", ["x"]).expect("a path");
    let secrets = Secrets::new([SECRET.parse().expect("printable")]);
    let message = |trouble: AttemptError| {
        let sentence = trouble.error.to_string();
        assert!(!sentence.contains(char::is_control) && !sentence.contains(SECRET), "{sentence:?}");
    };
    wire::read(body, &ask, "host", &secrets).map_err(message).ok()
}

fn take_series<T: DeserializeOwned + SeriesRow>(body: &[u8]) {
    let Some(items) = read::<ApiPage<T>>(body).map(|page| page.items.rows) else { return };
    let Some(first) = items.iter().find_map(|row| wire::day_of(row.label())) else { return };
    let window = Window::new(first, first + (MAX_DAYS - 1)).expect("as many days as are allowed");
    let collect = |rows: &mut dyn Iterator<Item = &T>| -> TimeSeries {
        let mut collector = Collector::new(window);
        rows.for_each(|row| collector.add(row));
        assert!(collector.has_rows() && !collector.has_only_other_days());
        collector.finish()
    };
    let series = collect(&mut items.iter());
    for (identifier, observations) in &series.identifiers {
        assert!(!identifier.contains(char::is_control) && identifier.trim() == identifier);
        assert!(observations.is_sorted_by(|a, b| a.day < b.day), "sorted, one a day");
        assert!(!observations.is_empty() && observations.iter().all(|o| window.contains(o.day)));
    }
    assert_eq!(collect(&mut items.iter().rev()).identifiers, series.identifiers, "in any order");
    assert_eq!(collect(&mut items.iter().chain(&items)).identifiers, series.identifiers, "and repeated");
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_of_the_fuzzer_is_withstood() {
        for seed in std::fs::read_dir("fuzz/seeds/provider").unwrap() {
            super::take(&std::fs::read(seed.unwrap().path()).unwrap());
        }
    }
}
