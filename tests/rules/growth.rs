//! S19 and S21 of docs/semantics.md: the comparison with another period, and the artists' own numbers.

use music_analytics::domain::query::Compare;
use music_analytics::domain::report::{ArtistSeries, Change, Growth, Report, report};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Additive, Figure, Kind, Metric};
use uuid::Uuid;

use crate::common::Catalogue;
use crate::support::{PLATFORM, Values, day, observe, query, today};

/// Three tracks: one known all the time at 10 a day and 20 from September on, one known from September on,
/// one known until August only.
fn catalogue() -> (Catalogue, Uuid) {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform(PLATFORM, "streams", Additive::Counter);
    let artist = catalogue.add_artist("Artist");
    let [old, new, gone] = ["Old", "New", "Gone"].map(|name| catalogue.add_track(name, artist));
    let slow = Values::rising("07-31", "08-31", 0, 10);
    observe(&mut catalogue, old, PLATFORM, "", &slow);
    observe(
        &mut catalogue,
        old,
        PLATFORM,
        "",
        &Values::rising("09-01", "09-30", slow.value("08-31") + 20, 20),
    );
    observe(&mut catalogue, new, PLATFORM, "", &Values::rising("08-31", "09-30", 0, 1_000));
    observe(&mut catalogue, gone, PLATFORM, "", &Values::rising("07-31", "08-30", 0, 1_000));
    (catalogue, artist)
}

fn compared(catalogue: &Catalogue, artist: Uuid, from: &str, to: &str, compare: Option<Compare>) -> Report {
    let mut query = query(&[artist], from, to);
    query.compare = compare;
    report(&catalogue.evidence(&query), &query, today())
}

fn growth(from: &str, to: &str, compare: Compare) -> Growth {
    let (catalogue, artist) = catalogue();
    compared(&catalogue, artist, from, to, Some(compare)).growth.unwrap()
}

#[test]
fn s21_compares_what_is_known_in_both_periods() {
    let growth = growth("09-01", "09-30", Compare::Previous);
    assert_eq!((growth.from, growth.to), (day("08-01"), day("08-31")));
    assert_eq!(growth.before, Some(Figure::exactly(310)));
    assert_eq!(growth.after, Some(Figure::exactly(600)));
    assert_eq!((growth.tracks, growth.tracks_of), (1, 3));
    assert!(growth.is_per_day, "31 and 30 days");
    assert_eq!((growth.change, growth.percent.as_deref()), (Change::Percent, Some("100.0")));
    assert_eq!(growth.platforms[0].percent, growth.percent);
}

#[test]
fn s21_days_are_compared_with_as_many_before() {
    let growth = growth("09-01", "09-10", Compare::Previous);
    assert_eq!((growth.from, growth.to, growth.is_per_day), (day("08-22"), day("08-31"), false));
    assert_eq!((growth.before, growth.after), (Some(Figure::exactly(100)), Some(Figure::exactly(200))));
}

#[test]
fn s21_without_a_base_there_is_no_percentage() {
    let growth = growth("09-01", "09-30", Compare::Year);
    assert_eq!((growth.before, growth.after, growth.tracks), (None, None, 0));
    assert_eq!((growth.change, growth.percent), (Change::None, None));
}

#[test]
fn s21_a_comparison_changes_no_other_number() {
    let (catalogue, artist) = catalogue();
    let without = compared(&catalogue, artist, "09-01", "09-30", None);
    let with = compared(&catalogue, artist, "09-01", "09-30", Some(Compare::Previous));
    assert_eq!(without.growth, None);
    assert_eq!((&without.hash, &without.summary), (&with.hash, &with.summary));
}

#[test]
fn s19_the_artists_own_numbers_stand_apart() {
    let (catalogue, artist) = catalogue();
    let query = query(&[artist], "09-01", "09-30");
    let mut evidence = catalogue.evidence(&query);
    let plain = report(&evidence, &query, today());
    let mut add = |metric, kind, values: &[(&str, i64)]| {
        evidence.artist_level.push(ArtistSeries {
            artist,
            platform: PLATFORM.to_owned(),
            platform_name: "Spotify".to_owned(),
            metric,
            kind,
            unit: "x".to_owned(),
            observations: values.iter().map(|&(text, value)| Observation { day: day(text), value }).collect(),
        });
    };
    add(
        Metric::Followers,
        Kind::Stock,
        &[("08-31", 1), ("09-02", 100), ("09-03", -5), ("09-29", 70), ("10-01", 9)],
    );
    add(Metric::Listeners, Kind::Rolling, &[("09-01", 5), ("09-02", 6), ("09-03", 6)]);
    add(Metric::Views, Kind::Flow, &[("09-01", 5), ("09-02", 6)]);
    add(Metric::Views, Kind::Flow, &[("08-31", 5)]);
    let report = report(&evidence, &query, today());
    assert_eq!((report.hash, report.summary), (plain.hash, plain.summary), "no part of the totals");
    let rows: Vec<_> = report
        .artist_level
        .iter()
        .map(|row| (row.first.value, row.last.value, row.change, row.average.as_str(), row.total, row.days))
        .collect();
    assert_eq!(
        rows,
        [(100, 70, -30, "85.0", None, 2), (5, 6, 1, "5.7", None, 3), (5, 6, 1, "5.5", Some(11), 2),]
    );
}

#[test]
fn freshness_is_how_far_the_data_reach() {
    let (mut catalogue, artist) = catalogue();
    let track = catalogue.tracks[0].uuid;
    catalogue.windows.insert((track, PLATFORM.to_owned()), vec![(day("08-01"), day("10-15"))]);
    let report = compared(&catalogue, artist, "08-01", "08-31", None);
    let fresh = &report.freshness[0];
    assert_eq!((fresh.data_until, fresh.asked_until), (Some(day("09-30")), Some(day("10-15"))));
}
