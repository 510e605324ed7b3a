//! S9b of docs/semantics.md: a release shortly before the first value.

use music_analytics::domain::{Day, State};

use super::support::{SingleSeries, Values, day};

/// First value 500 on 09-11, then +10 a day to 690.
fn late() -> SingleSeries {
    SingleSeries::counter(&Values::rising("09-11", "09-30", 500, 10))
}

#[test]
fn s9b_counts_at_most_seven_days_before_the_first_value() {
    let unreleased = (190, 190, Some(690), false);
    assert_eq!(late().figure("09-01", "09-30"), unreleased);
    assert_eq!(late().released("09-12").figure("09-01", "09-30"), unreleased, "after the first value");
    assert_eq!(late().released("09-03").figure("09-01", "09-30"), unreleased, "eight days before it");
    let released = (190, 690, Some(690), false);
    for (release, days_tracked) in [("09-11", 20), ("09-10", 21), ("09-04", 27)] {
        let one = late().released(release);
        assert_eq!(one.figure("09-01", "09-30"), released, "{release}");
        assert_eq!(one.cell("09-01", "09-30").unwrap().days_tracked, days_tracked, "{release}");
        assert_eq!(one.flags("09-01", "09-30"), ["release"], "{release}");
    }
}

#[test]
fn s9b_the_step_is_cut_like_any_other() {
    // 500 over the five days 09-07 to 09-11.
    let one = late().released("09-07");
    assert_eq!(one.figure("09-01", "09-08"), (0, 200, Some(500), false));
    assert_eq!(one.figure("09-11", "09-12"), (10, 110, Some(510), false));
    assert_eq!(one.figure("09-07", "09-11"), (0, 500, Some(500), false), "whole, and not in the lower bound");
    assert_eq!(one.figure("09-12", "09-30"), (190, 190, Some(190), true));
}

#[test]
fn s9b_is_never_clean() {
    let one = late().released("09-11");
    let cell = one.cell("09-11", "09-11").unwrap();
    assert_eq!((cell.peak, cell.days_tracked), (None, 1));
    let days = one.report("09-11", "09-12").days.unwrap();
    let amounts: Vec<_> = days.iter().map(|row| (row.platforms[0].value, row.platforms[0].spread)).collect();
    assert_eq!(amounts, [(0, 500), (10, 0)]);
}

#[test]
fn s9b_before_the_release_there_is_nothing() {
    let one = late().released("09-07");
    let report = one.report("09-01", "09-06");
    assert_eq!(report.tracks[0].state, State::Absent);
    assert!(report.tracks[0].platforms.is_empty());
    assert_eq!((report.platforms[0].state, report.platforms[0].total), (State::Absent, None));
    assert_eq!(one.total("09-07", "09-07").unwrap().estimate, 100);
}

/// Two independent identifiers: the first from before the range, the second new. The second is
/// neutral in a range before the release, not unknown.
#[test]
fn s9b_a_series_before_its_release_is_neutral_in_its_pair() {
    let old = Values::rising("08-01", "09-30", 10, 1);
    let new = Values::rising("09-11", "09-30", 500, 10);
    let one = SingleSeries::counter(&old).and("b", &new).released("09-07");
    assert_eq!(one.figure("08-20", "09-06"), (18, 18, Some(18), true));
    assert_eq!(one.figure("08-20", "09-07"), (19, 119, Some(519), false));
    let unreleased = SingleSeries::counter(&old).and("b", &new);
    assert_eq!(unreleased.figure("08-20", "09-06"), (18, 18, None, false), "unknown takes the bound");
}

#[test]
fn s9b_takes_no_part_in_judging() {
    // Seven rising steps: the last one could only be judged if the release's step counted as a neighbour.
    let values = Values::rising("09-11", "09-18", 500, 10).set("09-18", 90_000);
    let one = SingleSeries::counter(&values).released("09-11");
    assert_eq!(one.flags("09-01", "09-18"), ["release"]);
    // A first value followed only by repeats stays one: no step from 0 is a jump.
    let large = Values::rising("09-11", "09-30", 5_000_000, 10);
    assert_eq!(SingleSeries::counter(&large).released("09-11").flags("09-01", "09-30"), ["release"]);
}

#[test]
fn s9b_is_not_doubled_by_a_halving() {
    let values = Values::rising("09-11", "09-30", 100_000, 200).change("09-11", "09-20", |value| 2 * value);
    let one = SingleSeries::counter(&values).released("09-11");
    assert_eq!(one.flags("09-11", "09-11"), ["release"]);
    assert_eq!(one.figure("09-11", "09-11"), (0, 200_000, Some(200_000), false));
}

#[test]
fn s9b_a_release_date_far_from_the_first_value_changes_nothing_but_what_is_expected() {
    let one = late().released("09-03");
    let report = one.report("09-01", "09-30");
    assert_eq!(report.summary.coverage.as_deref(), Some("0.6786"), "19 of 28 days");
    let unreleased = late().report("09-01", "09-30");
    assert_eq!(unreleased.summary.coverage.as_deref(), Some("0.6333"), "19 of 30 days");
    assert_eq!(report.summary.total, unreleased.summary.total);
    let days: Vec<Day> =
        report.days.unwrap().iter().filter(|row| row.platforms[0].missing == 1).map(|r| r.day).collect();
    assert_eq!(days, day("09-03").up_to(day("09-11")).collect::<Vec<_>>());
}
