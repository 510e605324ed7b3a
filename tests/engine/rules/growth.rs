//! S19 and S21 of docs/semantics.md: the comparison with another period, and artist-level metrics.

use music_analytics::domain::query::Compare;
use music_analytics::domain::report::{ArtistSeries, BeforeAfter, Change, Growth, Report, Split, report};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Additive, Kind, Metric};
use uuid::Uuid;

use super::support::{PLATFORM, SingleSeries, Values, day, observe, query, today};
use crate::common::Catalogue;

/// Three tracks: one always known, at 10 per day and 20 from September on; one known from September on; one known
/// until August only.
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

/// The comparison of one counter of +100 per day, queried on the given day.
fn steady(first: i64, from: &str, to: &str, month: [&str; 2], asked: &str) -> Growth {
    let one = SingleSeries::counter(&Values::rising(from, to, first, 100)).on_day(asked);
    one.growth(month[0], month[1], Compare::Previous)
}

fn sums(growth: &Growth) -> (i128, i128, Option<&str>, u32, Split) {
    (growth.before, growth.after, growth.percent.as_deref(), growth.days, growth.split)
}

#[test]
fn s21_the_worked_examples() {
    let none = Split::default();
    let late = steady(0, "08-01", "11-25", ["11-01", "11-30"], "11-28");
    assert_eq!(sums(&late), (2_500, 2_500, Some("0.0"), 25, Split { coverage: -200, ..none }));
    let begun = steady(500_000, "10-21", "11-27", ["11-01", "11-30"], "11-28");
    assert_eq!(sums(&begun), (600, 600, Some("0.0"), 6, Split { coverage: 2_100, ..none }));
    let longer = steady(0, "08-31", "11-27", ["10-01", "10-31"], "11-28");
    assert_eq!(sums(&longer), (3_000, 3_000, Some("0.0"), 30, Split { calendar: 100, ..none }));
    assert_eq!(longer.total, BeforeAfter { before: 3_000, after: 3_100 });
}

#[test]
fn s21_compares_days_that_are_covered_in_both_periods() {
    let growth = growth("09-01", "09-30", Compare::Previous);
    assert_eq!((growth.from, growth.to), (Some(day("08-01")), Some(day("08-31"))));
    // 30 days of Old; Gone has no September, New no August.
    assert_eq!((growth.before, growth.after, growth.days), (300, 600, 30));
    assert_eq!((growth.change, growth.percent.as_deref()), (Change::Percent, Some("100.0")));
    assert_eq!((growth.tracks, growth.tracks_of, growth.pairs, growth.pairs_of), (1, 3, 1, 3));
    assert_eq!(growth.total, BeforeAfter { before: 310 + 30_000, after: 600 + 30_000 });
    // The missing days were not fetched, so none of the tracks is absent.
    let split = Split { existing: 300, calendar: -10, coverage: 0, ..Split::default() };
    assert_eq!(growth.split, split);
    let platform = &growth.platforms[0];
    assert_eq!(
        (platform.percent.as_deref(), platform.split, platform.total),
        (Some("100.0"), split, growth.total)
    );
    let of = |name: &str| {
        let (catalogue, artist) = catalogue();
        let report = compared(&catalogue, artist, "09-01", "09-30", Some(Compare::Previous));
        let place = report.tracks.iter().position(|track| track.name == name).unwrap();
        report.growth.unwrap().track_rows[place].clone()
    };
    assert_eq!((of("Old").before, of("Old").after, of("Old").days), (300, 600, 30));
    let new = of("New");
    assert_eq!((new.change, new.split), (Change::None, Split { coverage: 30_000, ..Split::default() }));
    assert_eq!(of("Gone").split, Split { coverage: -30_000, ..Split::default() });
}

#[test]
fn s21_what_is_not_there_in_the_other_period_is_new_or_gone() {
    let values = Values::rising("08-31", "09-30", 0, 100);
    let new = SingleSeries::counter(&values).released("09-01").growth("09-01", "09-30", Compare::Previous);
    assert_eq!((new.split, new.pairs_of), (Split { new: 3_000, ..Split::default() }, 1));
    // Released within the other period: only days before it are new, the others are not covered.
    let values = Values::rising("08-29", "09-30", 0, 100);
    let inside = SingleSeries::counter(&values).released("08-11").growth("09-01", "09-30", Compare::Previous);
    assert_eq!((inside.before, inside.after, inside.days), (100, 100, 1), "August 30 and September 30");
    let split = Split { new: 1_000, coverage: 1_900, calendar: -100, ..Split::default() };
    assert_eq!(inside.split, split, "ten days have a counterpart before the release");
    let gone = SingleSeries::counter(&Values::rising("07-31", "08-31", 0, 100)).growth(
        "08-01",
        "08-31",
        Compare::Previous,
    );
    assert_eq!((gone.change, gone.percent), (Change::None, None));
    assert_eq!(gone.split, Split { coverage: 3_100, ..Split::default() });
}

#[test]
fn s21_parts_of_longer_steps_count_and_are_not_exact() {
    let one = SingleSeries::counter(&Values::rising("07-31", "09-30", 0, 100).without(&["08-10"]));
    let growth = one.growth("09-01", "09-30", Compare::Previous);
    assert_eq!((growth.before, growth.after, growth.exact), (3_000, 3_000, false));
    let growth = one.growth("09-11", "09-20", Compare::Previous);
    assert!(growth.exact);
}

#[test]
fn s21_nothing_before_is_new_and_never_infinite() {
    let flat = Values::rising("07-31", "09-01", 1_000, 0);
    let rising = Values::rising("09-02", "09-30", 1_005, 5);
    let values = rising
        .observations()
        .into_iter()
        .fold(flat, |values, o| values.set(&o.day.to_string()[5..], o.value));
    let growth = SingleSeries::counter(&values).growth("09-01", "09-30", Compare::Previous);
    assert_eq!((growth.before, growth.after, growth.change, growth.percent), (0, 145, Change::New, None));
    let flat = SingleSeries::counter(&Values::rising("07-31", "09-30", 1_000, 0)).growth(
        "09-01",
        "09-30",
        Compare::Previous,
    );
    assert_eq!((flat.change, flat.days), (Change::None, 30));
}

#[test]
fn s21_days_are_compared_with_as_many_before() {
    let growth = growth("09-01", "09-10", Compare::Previous);
    assert_eq!((growth.from, growth.to), (Some(day("08-22")), Some(day("08-31"))));
    assert_eq!((growth.before, growth.after), (100, 200));
}

#[test]
fn s21_without_a_base_there_is_no_percentage() {
    let year = growth("09-01", "09-30", Compare::Year);
    assert_eq!((year.before, year.after, year.tracks), (0, 0, 0));
    assert_eq!((year.change, year.percent), (Change::None, None));
    let one = SingleSeries::counter(&Values::rising("08-31", "09-30", 0, 100));
    let today = one.on_day("09-01").growth("09-01", "09-30", Compare::Previous);
    assert_eq!(
        (today.from, today.change, today.total),
        (None, Change::None, BeforeAfter::default()),
        "no day has been"
    );
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
