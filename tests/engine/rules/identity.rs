//! S22 of docs/semantics.md: when two reports are identical.

use std::collections::BTreeSet;

use music_analytics::domain::Role;
use music_analytics::domain::query::Group;
use music_analytics::domain::report::Report;

use super::support::{PLATFORM, SingleSeries, Values, ask, day, observe, query};

fn steady() -> Values {
    Values::rising("08-31", "09-30", 1_000, 10)
}

fn september(one: &SingleSeries) -> Report {
    one.report("09-01", "09-30")
}

#[test]
fn s22_same_query_and_same_data_in_any_order_are_the_same_report() {
    let b = Values::rising("08-31", "09-30", 9_000, 3);
    let build = || {
        let mut one = SingleSeries::counter(&steady()).and("b", &b);
        let second = one.catalogue.add_track("Second", one.artist);
        observe(&mut one.catalogue, second, PLATFORM, "c", &b);
        one
    };
    let report = september(&build());
    let mut shuffled = build();
    shuffled.catalogue.tracks.reverse();
    assert_eq!(september(&shuffled), report);
    assert_eq!((report.data_version.len(), report.hash.len()), (32, 32));
}

#[test]
fn s22_every_observation_counts() {
    let versions = [
        SingleSeries::counter(&steady()),
        SingleSeries::counter(&steady().set("09-15", steady().value("09-15") + 1)),
        SingleSeries::counter(&steady().without(&["09-15"])),
        SingleSeries::counter(&steady().set("12-31", 5_000)),
        SingleSeries::counter(&steady().set("07-01", -1)),
        SingleSeries::counter(&Values::default()).and("b", &steady()),
        SingleSeries::counter(&steady()).and("b", &Values::new(&[("09-15", 3)])),
        SingleSeries::counter(&steady()).mirrored(),
        SingleSeries::counter(&steady()).released("08-31"),
        SingleSeries::flow(&steady()),
        SingleSeries::counter(&Values::default()),
    ]
    .map(|one| september(&one).data_version);
    assert_eq!(versions.iter().collect::<BTreeSet<_>>().len(), versions.len());
}

#[test]
fn s22_the_version_is_that_of_the_data_and_the_hash_that_of_the_answer() {
    let one = SingleSeries::counter(&steady());
    let (september, october) = (one.report("09-01", "09-30"), one.report("09-01", "09-29"));
    assert_eq!(september.data_version, october.data_version);
    assert_ne!(september.hash, october.hash);
    // The same figures from different evidence.
    let late = SingleSeries::counter(&steady().set("10-15", 5_000));
    let other = self::september(&late);
    assert_ne!(other.data_version, september.data_version);
    assert_eq!(other.hash, september.hash);
    // A fetched window turns unknown into absent: other figures from the same observations.
    let (unknown, absent) = (
        SingleSeries::counter(&Values::default()),
        SingleSeries::counter(&Values::default()).fetched("09-01", "09-30"),
    );
    assert_ne!(self::september(&unknown).hash, self::september(&absent).hash);
}

#[test]
fn s22_arrangement_does_not_count_and_every_filter_does() {
    let one = SingleSeries::counter(&steady());
    let plain = query(&[one.artist], "09-01", "09-30");
    let hash = ask(&one.catalogue, &plain).hash;
    let mut daily = plain.clone();
    (daily.daily, daily.group) = (true, Group::Platform);
    assert_eq!(ask(&one.catalogue, &daily).hash, hash);
    let mut role = plain.clone();
    role.role = Some(Role::Main);
    assert_ne!(ask(&one.catalogue, &role).hash, hash);
    let mut country = plain;
    country.country = Some("IT".parse().unwrap());
    assert_ne!(ask(&one.catalogue, &country).hash, hash);
}

#[test]
fn s22_names_do_not_count() {
    let mut one = SingleSeries::counter(&steady());
    let second = one.catalogue.add_track("Second", one.artist);
    observe(&mut one.catalogue, second, PLATFORM, "b", &steady());
    let report = september(&one);
    // Tracks with equal totals are sorted by name.
    one.catalogue.track(second).name = "Under a new name".into();
    one.catalogue.artists[0].1 = "Another artist".into();
    let renamed = september(&one);
    assert_eq!(renamed.hash, report.hash);
    assert_eq!(
        [renamed.tracks[0].uuid, renamed.tracks[1].uuid],
        [report.tracks[1].uuid, report.tracks[0].uuid]
    );
}

#[test]
fn the_clock_is_the_callers() {
    let report = september(&SingleSeries::counter(&steady()));
    assert_eq!(report.generated_at, "");
    assert_eq!((report.query.from, report.query.to), (day("09-01"), day("09-30")));
}
