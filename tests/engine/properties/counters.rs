//! Properties of counters that the provider never restated.

use music_analytics::domain::report::{CellRow, report};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Additive, Day, Figure, Query};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use crate::common::{Catalogue, golden_query};

const PLATFORM: &str = "spotify";

/// Day 0 of the generated counters.
fn day(offset: i32) -> Day {
    let zero: Day = "2026-01-31".parse().unwrap();
    zero + offset
}

/// The track's cell over the days `from` to `to`; `None` where it is absent. `observed` are
/// (identifier, day, value) in order of days.
fn cell(observed: &[(u8, i32, i64)], release: Option<i32>, from: i32, to: i32) -> Option<CellRow> {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform(PLATFORM, "streams", Additive::Counter);
    catalogue.platforms[0].mirrors = true;
    let artist = catalogue.add_artist("Artist");
    let track = catalogue.add_track("Track", artist);
    catalogue.track(track).release = release.map(day);
    for &(identifier, offset, value) in observed {
        let observation = Observation { day: day(offset), value };
        catalogue.observe(track, PLATFORM, &identifier.to_string(), observation);
    }
    let query: Query = golden_query(&json!({"artists": [artist], "from": day(from), "to": day(to)}));
    let mut report = report(&catalogue.evidence(&query), &query, day(400));
    report.tracks.remove(0).platforms.pop()
}

/// A counter's rise on a day: zero, small, more than the stale threshold (100), or large enough to look like a jump
/// or to be unconfirmed.
fn rise() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0), 4 => 1i64..60, 4 => 100i64..400, 1 => 1_000i64..3_000_000]
}

/// For each day, the identifiers (bits) that keep its observation.
fn kept(days: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(prop_oneof![1 => Just(0u8), 6 => 1u8..8], days),
        vec(prop_oneof![3 => Just(0u8), 1 => 1u8..8], days),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The true amount is within the bounds whichever observations are deleted.
    ///
    /// The strategy: a counter from 0 on day 0 that never falls, by rises of any size, so that every
    /// rule for rising steps comes into play. It holds for all of them, because none adds more to the
    /// lower bound than what rose, or less to the upper one: a whole step adds what rose between two
    /// observations, one that hangs over an edge 0 and all of it, a jump and an unconfirmed step 0 and
    /// all of it, a repeat without an end 0 and no bound, the days up to the first observation 0 and
    /// its value, the days after the last 0 and no bound. Excursions, corrections and halvings need a
    /// fall, and a counter that only rises has none, with or without some of its days. Each
    /// observation left is one or more of three identifiers': on a platform that mirrors, parts of one
    /// counter agree on every common day and their union never falls, so they are always one series.
    #[test]
    fn deleted_observations_never_move_the_truth_out_of_the_bounds(
        (rises, kept) in vec(rise(), 1..90).prop_flat_map(|rises| {
            let days = rises.len() + 1;
            (Just(rises), kept(days))
        }),
        released in any::<bool>(),
        (from, length) in (-15i32..100, 0i32..60),
    ) {
        let mut value = 0;
        let counter: Vec<i64> = std::iter::once(0)
            .chain(rises.iter().map(|rise| { value += rise; value }))
            .collect();
        let at = |day: i32| usize::try_from(day).map_or(0, |day| counter[day.min(counter.len() - 1)]);
        let truth = i128::from(at(from + length) - at(from - 1));

        let mut observed = Vec::new();
        for (offset, identifiers) in kept.iter().enumerate() {
            let holders = (0..3u8).filter(|bit| identifiers >> bit & 1 == 1);
            observed.extend(holders.map(|identifier| (identifier, offset as i32, counter[offset])));
        }
        // Nothing was played before day 1, so a release then is consistent.
        match cell(&observed, released.then_some(1), from, from + length) {
            None => prop_assert_eq!(truth, 0, "absent"),
            Some(CellRow { total: None, .. }) => {}
            Some(CellRow { total: Some(figure), .. }) => {
                prop_assert!(figure.low <= truth, "{:?} is above {}", figure, truth);
                prop_assert!(figure.high.is_none_or(|high| truth <= high), "{:?} is below {}", figure, truth);
                prop_assert!(!figure.exact || figure.estimate == truth);
            }
        }
    }

    /// Any observations between the one before a range and the one on its last day may be missing: an exact figure
    /// stays the same and exact.
    ///
    /// The strategy: rises of `base` to twice `base` every day. Then no step, however long it gets by
    /// deletions, is more than two typical steps a day, and none is 0: nothing is judged unusual.
    #[test]
    fn an_exact_figure_needs_the_ends_of_its_range_only(
        base in prop_oneof![1i64..50, 90i64..3_000, Just(1_000_000)],
        rises in vec(0i64..=1_000, 2..120),
        first in prop_oneof![Just(0i64), 1i64..2_000, 90_000i64..200_000],
        ends in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        kept in vec(any::<bool>(), 120),
    ) {
        let (a, b) = (ends.0.index(rises.len()) as i32 + 1, ends.1.index(rises.len()) as i32 + 1);
        let (from, to) = (a.min(b), a.max(b));
        let mut value = first;
        let mut all = vec![(0, 0, first)];
        for (rise, offset) in rises.iter().zip(1..) {
            value += base + base * rise / 1_000;
            all.push((0, offset, value));
        }
        let truth = i128::from(all[to as usize].2 - all[from as usize - 1].2);
        let whole = cell(&all, None, from, to).unwrap().total;
        prop_assert_eq!(whole, Some(Figure::exactly(truth)));
        all.retain(|&(_, offset, _)| !(from..to).contains(&offset) || kept[offset as usize]);
        prop_assert_eq!(cell(&all, None, from, to).unwrap().total, whole);
    }
}
