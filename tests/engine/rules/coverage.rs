//! S17 of docs/semantics.md: expected days, covered days, and gaps that a sync can fill.

use music_analytics::domain::report::{Gap, availability};
use music_analytics::domain::{Additive, Day};

use super::support::{PLATFORM, SingleSeries, Values, day, observe, query, today};
use crate::common::Catalogue;

fn steady() -> Values {
    Values::rising("08-31", "09-30", 1_000, 10)
}

/// Runs of days, first and last.
type Runs = Vec<(String, String)>;

/// Gaps never fetched, and gaps fetched without data.
fn gaps(one: &SingleSeries, from: &str, to: &str) -> (Runs, Runs) {
    let availability = one.availability(from, to);
    let short = |day: Day| day.to_string()[5..].to_owned();
    let days = |gaps: Vec<Gap>| gaps.iter().map(|gap| (short(gap.from), short(gap.to))).collect();
    (days(availability.never_fetched), days(availability.empty))
}

fn runs(runs: &[(&str, &str)]) -> Runs {
    runs.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect()
}

#[test]
fn s17_a_full_month_is_complete() {
    let availability = SingleSeries::counter(&steady()).availability("09-01", "09-30");
    assert!(availability.complete);
    assert_eq!(availability.coverage.as_deref(), Some("1.0000"));
    assert_eq!((availability.missing_days.len(), availability.missing_platforms.len()), (0, 0));
    assert_eq!((availability.never_fetched.len(), availability.empty.len()), (0, 0));
}

#[test]
fn s17_what_was_never_asked_for_stands_apart_from_what_came_empty() {
    // Observed from 09-11, fetched from 09-06: 09-06 to 09-10 have no data.
    let one = SingleSeries::counter(&Values::rising("09-11", "09-30", 500, 10)).fetched("09-06", "09-30");
    let expected = (runs(&[("09-01", "09-05")]), runs(&[("09-06", "09-11")]));
    assert_eq!(gaps(&one, "09-01", "09-30"), expected, "the baseline's day stays uncovered: no sync helps");
    let availability = one.availability("09-01", "09-30");
    assert!(!availability.complete);
    assert_eq!(availability.coverage.as_deref(), Some("0.6333"));
    assert_eq!(availability.missing_days, day("09-01").up_to(day("09-11")).collect::<Vec<_>>());
    let asked = SingleSeries::counter(&Values::rising("09-11", "09-30", 500, 10)).fetched("09-01", "09-30");
    assert!(asked.availability("09-01", "09-30").complete, "complete is about what a sync can fill");
}

#[test]
fn s17_a_bridged_window_is_covered_and_still_offered() {
    let one = SingleSeries::counter(&steady().without(&["09-10", "09-11"])).fetched("08-31", "09-10");
    assert_eq!(gaps(&one, "09-01", "09-30"), (runs(&[("09-11", "09-11")]), vec![]));
    let availability = one.availability("09-01", "09-30");
    assert!(!availability.complete);
    assert_eq!(availability.coverage.as_deref(), Some("1.0000"));
    assert_eq!(availability.missing_days, []);
}

#[test]
fn s17_a_pair_for_which_nothing_came_is_empty_and_not_expected() {
    let one = SingleSeries::counter(&Values::default()).fetched("08-15", "10-15");
    assert_eq!(gaps(&one, "09-01", "09-30"), (vec![], runs(&[("09-01", "09-30")])));
    let availability = one.availability("09-01", "09-30");
    assert!(availability.complete);
    assert_eq!((availability.coverage, availability.missing_platforms.len()), (None, 0));
}

#[test]
fn s17_nothing_is_expected_before_the_release_or_after_yesterday() {
    let never = SingleSeries::counter(&Values::default()).released("09-21");
    assert_eq!(gaps(&never, "09-01", "09-30"), (runs(&[("09-21", "09-30")]), vec![]));
    assert_eq!(never.availability("09-01", "09-30").missing_platforms, [PLATFORM]);
    let never = never.on_day("09-25");
    assert_eq!(gaps(&never, "09-01", "09-30"), (runs(&[("09-21", "09-24")]), vec![]));
    let unreleased = SingleSeries::counter(&Values::default()).released("10-01");
    assert!(unreleased.availability("09-01", "09-30").complete);
}

#[test]
fn s17_a_range_that_ends_today_is_in_progress() {
    let codes = |today: &str| {
        let report = SingleSeries::counter(&steady()).on_day(today).report("09-01", "09-30");
        report.warnings.iter().any(|warning| warning.code == "in_progress")
    };
    assert!(!codes("10-01"));
    assert!(codes("09-30"));
    assert!(codes("09-10"));
    let report = SingleSeries::counter(&Values::rising("08-31", "09-14", 0, 10))
        .on_day("09-15")
        .report("09-01", "09-30");
    assert_eq!(report.summary.coverage.as_deref(), Some("1.0000"), "of the 14 days that have been");
    assert_eq!(report.summary.total.unwrap().high, None);
}

#[test]
fn s17_one_present_track_does_not_hide_anothers_absence() {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform("p0", "streams", Additive::Counter);
    catalogue.add_platform("p1", "views", Additive::Counter);
    let artist = catalogue.add_artist("Artist");
    let (full, lacking) = (catalogue.add_track("Full", artist), catalogue.add_track("Lacking", artist));
    for platform in ["p0", "p1"] {
        observe(&mut catalogue, full, platform, "", &steady());
    }
    observe(&mut catalogue, lacking, "p0", "", &steady().without(&["09-30"]));
    let query = query(&[artist], "09-01", "09-30");
    let availability = availability(&catalogue.evidence(&query), &query, today());
    let gap = |platform: &str, from: &str, to: &str| Gap {
        track: lacking,
        platform: platform.to_owned(),
        from: day(from),
        to: day(to),
    };
    assert_eq!(availability.never_fetched, [gap("p0", "09-30", "09-30"), gap("p1", "09-01", "09-30")]);
    assert_eq!(availability.coverage.as_deref(), Some("0.7417"), "89 of 120");
    assert_eq!(availability.missing_platforms, [""; 0], "p1 has the other track");
    assert_eq!(availability.missing_days.len(), 30);
}
