//! S14 to S16 and S23 of docs/semantics.md: platforms, summary and days, and that they add up.

use music_analytics::domain::amounts::figure::Precision;
use music_analytics::domain::query::Group;
use music_analytics::domain::report::{DayRow, Report};
use music_analytics::domain::series::Series;
use music_analytics::domain::{Additive, Figure, State};
use uuid::Uuid;

use super::support::{SingleSeries, Values, ask, bounds, day, observe, query};
use crate::common::Catalogue;

/// An artist with two tracks on platforms of these units.
fn two_tracks(units: &[&str]) -> (Catalogue, Uuid, [Uuid; 2]) {
    let mut catalogue = Catalogue::default();
    for (n, unit) in units.iter().enumerate() {
        catalogue.add_platform(&format!("p{n}"), unit, Additive::Counter);
    }
    let artist = catalogue.add_artist("Artist");
    let tracks = [catalogue.add_track("One", artist), catalogue.add_track("Two", artist)];
    (catalogue, artist, tracks)
}

fn september(catalogue: &Catalogue, artist: Uuid) -> Report {
    let mut query = query(&[artist], "09-01", "09-30");
    query.daily = true;
    ask(catalogue, &query)
}

fn amounts(days: &[DayRow], platform: usize) -> Vec<(i128, i128)> {
    days.iter().map(|row| (row.platforms[platform].value, row.platforms[platform].spread)).collect()
}

#[test]
fn s14_the_peak_is_the_largest_sum_of_a_day() {
    let (mut catalogue, artist, [one, two]) = two_tracks(&["streams"]);
    // The first peaks on 09-02, the second on 09-04; the sum peaks on 09-03.
    observe(
        &mut catalogue,
        one,
        "p0",
        "",
        &Values::new(&[("09-01", 0), ("09-02", 9), ("09-03", 17), ("09-04", 17)]),
    );
    observe(
        &mut catalogue,
        two,
        "p0",
        "",
        &Values::new(&[("09-01", 0), ("09-02", 0), ("09-03", 8), ("09-04", 17)]),
    );
    let report = ask(&catalogue, &query(&[artist], "09-02", "09-04"));
    let peak = report.platforms[0].peak.unwrap();
    assert_eq!((peak.value, peak.day), (16, day("09-03")));
    let largest_cell = report.tracks.iter().map(|row| row.platforms[0].peak.unwrap().value).max();
    assert_eq!(largest_cell, Some(9));
}

#[test]
fn s14_a_peak_has_at_most_a_tenth_from_longer_steps() {
    let (mut catalogue, artist, [one, two]) = two_tracks(&["streams"]);
    observe(&mut catalogue, one, "p0", "", &Values::rising("08-31", "09-30", 0, 90));
    // 10 per day over 09-05 and 09-06, a tenth of those days; 11 per day over the next two, which is more.
    let two_values = Values::new(&[("09-04", 0), ("09-06", 20), ("09-08", 42), ("09-09", 42)]);
    observe(&mut catalogue, two, "p0", "", &two_values);
    let september = |from, to| ask(&catalogue, &query(&[artist], from, to)).platforms[0].clone();
    let row = september("09-05", "09-09");
    let peak = row.peak.unwrap();
    assert_eq!((peak.value, peak.day, peak.exact), (100, day("09-05"), false));
    assert_eq!((row.peak_spread, row.peak_precision()), (10, Precision::About));
    // On 09-09 both have clean steps; before 09-05 one of them is missing.
    let row = september("09-09", "09-09");
    assert_eq!((row.peak.unwrap().value, row.peak.unwrap().exact), (90, true));
    let row = september("09-01", "09-04");
    assert_eq!((row.peak.unwrap().exact, row.peak_precision()), (false, Precision::AtLeast));
    assert_eq!(september("09-07", "09-08").peak, None, "of 101 more than a tenth");
}

#[test]
fn s14_a_day_is_tracked_when_any_track_is() {
    let (mut catalogue, artist, [one, two]) = two_tracks(&["streams"]);
    observe(&mut catalogue, one, "p0", "", &Values::rising("08-31", "09-10", 0, 10));
    observe(&mut catalogue, two, "p0", "", &Values::rising("09-05", "09-15", 0, 10));
    let report = september(&catalogue, artist);
    let row = &report.platforms[0];
    assert_eq!((row.days_tracked, row.average_daily.as_deref()), (15, Some("13.3")));
    assert_eq!(bounds(row.total.unwrap()), (200, 200, None));
}

#[test]
fn s14_shares_add_up_and_ties_go_in_registry_order() {
    let (mut catalogue, artist, [one, _]) = two_tracks(&["a", "b", "c", "d"]);
    for platform in ["p0", "p1", "p2"] {
        observe(&mut catalogue, one, platform, "", &Values::rising("08-31", "09-30", 0, 7));
    }
    let report = september(&catalogue, artist);
    let shares: Vec<_> = report.platforms.iter().map(|row| row.share.as_deref()).collect();
    assert_eq!(shares, [Some("33.4"), Some("33.3"), Some("33.3"), None], "the last is unknown");
}

#[test]
fn s14_the_largest_remainders_are_rounded_up() {
    let (mut catalogue, artist, [one, _]) = two_tracks(&["a", "b", "c"]);
    // 28.57, 42.86 and 28.57 percent: 0.7, 0.6 and 0.7 tenths to be rounded.
    for (platform, step) in [("p0", 2), ("p1", 3), ("p2", 2)] {
        observe(&mut catalogue, one, platform, "", &Values::rising("08-31", "09-30", 0, step));
    }
    let report = september(&catalogue, artist);
    let shares: Vec<_> = report.platforms.iter().filter_map(|row| row.share.as_deref()).collect();
    assert_eq!(shares, ["28.6", "42.8", "28.6"]);
}

#[test]
fn s14_a_platform_where_every_track_is_absent_has_no_total_and_no_effect() {
    let (mut catalogue, artist, tracks) = two_tracks(&["streams", "views"]);
    for track in tracks {
        observe(&mut catalogue, track, "p0", "", &Values::rising("08-31", "09-30", 0, 7));
        catalogue.windows.insert((track, "p1".to_owned()), vec![(day("09-01"), day("09-30"))]);
    }
    let report = september(&catalogue, artist);
    assert_eq!((report.platforms[1].state, report.platforms[1].total), (State::Absent, None));
    assert_eq!((&report.platforms[1].share, &report.platforms[1].coverage), (&None, &None));
    assert_eq!(report.summary.total, Some(Figure::exactly(420)));
    assert_eq!(report.summary.coverage.as_deref(), Some("1.0000"));
    assert_eq!(report.summary.units.len(), 1, "no unit that nothing was added in");
}

#[test]
fn s15_units_are_added_by_themselves_and_named() {
    let (mut catalogue, artist, [one, two]) = two_tracks(&["streams", "views", "streams"]);
    for (track, platform, step) in [(one, "p0", 1), (two, "p1", 2), (one, "p2", 4)] {
        observe(&mut catalogue, track, platform, "", &Values::rising("08-31", "09-30", 0, step));
        let other = if track == one { two } else { one };
        catalogue.windows.insert((other, platform.to_owned()), vec![(day("09-01"), day("09-30"))]);
    }
    let summary = september(&catalogue, artist).summary;
    assert_eq!(summary.total, Some(Figure::exactly(210)));
    let units: Vec<_> = summary.units.iter().map(|row| (row.unit.as_str(), row.total.unwrap())).collect();
    assert_eq!(units, [("streams", Figure::exactly(150)), ("views", Figure::exactly(60))]);
}

#[test]
fn s15_the_average_is_over_days_covered_by_any_series() {
    let (mut catalogue, artist, [one, two]) = two_tracks(&["streams", "views"]);
    observe(&mut catalogue, one, "p0", "", &Values::rising("08-31", "09-10", 0, 10));
    observe(&mut catalogue, two, "p1", "", &Values::rising("09-20", "09-22", 0, 10));
    let summary = september(&catalogue, artist).summary;
    assert_eq!((summary.days_tracked, summary.average_daily.as_deref()), (12, Some("10.0")));
    assert_eq!((summary.tracks, summary.tracks_of), (2, 2));
}

#[test]
fn s15_a_total_of_nothing_known_is_unknown() {
    let (catalogue, artist, _) = two_tracks(&["streams"]);
    let report = september(&catalogue, artist);
    assert_eq!((report.summary.total, report.summary.average_daily), (None, None));
    assert_eq!((report.summary.tracks, report.summary.tracks_of), (0, 2));
    assert_eq!(report.platforms[0].share, None);
}

#[test]
fn s16_a_longer_step_is_spread_to_the_last_unit() {
    let one = SingleSeries::counter(&Values::new(&[("08-31", 0), ("09-04", 10), ("09-05", 12)]));
    let days = |from, to| amounts(&one.report(from, to).days.unwrap(), 0);
    // floor(10 j / 4): 2, 5, 7, 10.
    assert_eq!(days("09-01", "09-05"), [(0, 2), (0, 3), (0, 2), (0, 3), (2, 0)]);
    // S8 says 8 of 10 for three of four days: floor(8 j / 3) = 2, 5, 8.
    assert_eq!(days("09-02", "09-04"), [(0, 2), (0, 3), (0, 3)]);
    assert_eq!(days("09-03", "09-03"), [(0, 3)], "2.5 rounded half up");
}

#[test]
fn s16_one_day_that_is_not_clean_is_spread_too() {
    let large = Values::rising("08-01", "09-30", 100_000, 200);
    let raised = SingleSeries::counter(&large.clone().set("09-30", large.value("09-30") + 10_000));
    assert_eq!(amounts(&raised.report("09-29", "09-30").days.unwrap(), 0), [(200, 0), (0, 10_200)]);
    let halved = SingleSeries::counter(&large.change("08-01", "09-15", |value| 2 * value));
    assert_eq!(amounts(&halved.report("09-15", "09-17").days.unwrap(), 0), [(0, 200), (0, 0), (200, 0)]);
}

#[test]
fn s16_missing_counts_what_is_expected_and_uncovered() {
    let (mut catalogue, artist, [one, two]) = two_tracks(&["streams"]);
    observe(&mut catalogue, one, "p0", "", &Values::rising("08-31", "09-30", 0, 10));
    observe(&mut catalogue, two, "p0", "", &Values::rising("09-10", "09-12", 0, 10));
    let cells: Vec<_> = september(&catalogue, artist)
        .days
        .unwrap()
        .into_iter()
        .map(|row| (row.platforms[0].covered, row.platforms[0].missing))
        .collect();
    assert_eq!(cells[9], (1, 1), "09-10: a baseline covers nothing");
    assert_eq!(cells[10..12], [(2, 0), (2, 0)]);
    assert_eq!(cells[12], (1, 1));
}

#[test]
fn s16_days_come_when_asked_for() {
    let (catalogue, artist, _) = two_tracks(&["streams"]);
    let mut query = query(&[artist], "09-01", "09-30");
    assert_eq!(ask(&catalogue, &query).days, None);
    query.group = Group::Date;
    assert_eq!(ask(&catalogue, &query).days.map(|days| days.len()), Some(30));
}

#[test]
fn s23_an_exact_figure_is_the_sum_of_its_steps() {
    let values = Values::rising("08-31", "09-30", 1_000, 10).without(&["09-10", "09-11"]);
    let steps = Series::counter(&values.observations()).unwrap().steps;
    let sum: i64 = steps.iter().map(|step| step.size).sum();
    assert_eq!(SingleSeries::counter(&values).figure("09-01", "09-30").1, i128::from(sum));
}
