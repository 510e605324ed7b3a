//! S12 and S13 of docs/semantics.md: the tracks of a report, and a track on a platform.

use std::cmp::Reverse;

use music_analytics::domain::report::{Evidence, Report, SharedIdentifier, report};
use music_analytics::domain::{Additive, Figure, Role, State};
use uuid::Uuid;

use super::support::{PLATFORM, SingleSeries, Values, ask, bounds, day, observe, query, today};
use crate::common::Catalogue;

/// Artists A and B: one track each with 300 and 600 in September, and a shared one with 900.
struct Duet {
    catalogue: Catalogue,
    a: Uuid,
    b: Uuid,
    both: Uuid,
}

fn duet() -> Duet {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform(PLATFORM, "streams", Additive::Counter);
    let (a, b) = (catalogue.add_artist("A"), catalogue.add_artist("B"));
    let tracks =
        [catalogue.add_track("Of A", a), catalogue.add_track("Of B", b), catalogue.add_track("Of both", a)];
    catalogue.track(tracks[2]).artists.push((b, Role::Featured));
    for (track, step) in tracks.into_iter().zip([10, 20, 30]) {
        observe(&mut catalogue, track, PLATFORM, "", &Values::rising("08-31", "09-30", 1_000, step));
    }
    Duet { catalogue, a, b, both: tracks[2] }
}

fn september(catalogue: &Catalogue, artists: &[Uuid]) -> Report {
    ask(catalogue, &query(artists, "09-01", "09-30"))
}

fn estimate(figure: Option<Figure>) -> i128 {
    figure.unwrap().estimate
}

#[test]
fn s12_a_track_of_two_selected_artists_counts_once() {
    let Duet { catalogue, a, b, both } = duet();
    let report = september(&catalogue, &[a, b]);
    assert_eq!(report.summary.total, Some(Figure::exactly(1_800)));
    let artists: Vec<_> =
        report.artists.iter().map(|row| (row.tracks, row.total.unwrap().estimate)).collect();
    assert_eq!(artists, [(2, 1_200), (2, 1_500)]);
    assert_eq!((report.shared.tracks, report.shared.total), (vec![both], Some(Figure::exactly(900))));
    assert!(september(&catalogue, &[a]).shared.tracks.is_empty());
    assert_eq!(september(&catalogue, &[a]).shared.total, None);
}

#[test]
fn s12_a_track_of_three_selected_artists_is_subtracted_twice() {
    let Duet { mut catalogue, a, b, both } = duet();
    let c = catalogue.add_artist("C");
    catalogue.track(both).artists.push((c, Role::Featured));
    let report = september(&catalogue, &[a, b, c]);
    assert_eq!(report.shared.total, Some(Figure::exactly(1_800)));
    let sum: i128 = report.artists.iter().map(|row| estimate(row.total)).sum();
    assert_eq!(sum - estimate(report.shared.total), estimate(report.summary.total));
}

#[test]
fn s12_order_and_repetition_change_nothing() {
    let Duet { catalogue, a, b, .. } = duet();
    let report = september(&catalogue, &[a, b]);
    assert_eq!(september(&catalogue, &[b, a, b, a]), report);
}

#[test]
fn s12_an_artist_twice_on_a_track_is_one() {
    let Duet { mut catalogue, a, both, .. } = duet();
    catalogue.track(both).artists.push((a, Role::Featured));
    let report = september(&catalogue, &[a]);
    assert_eq!(estimate(report.summary.total), 1_200);
    assert!(report.shared.tracks.is_empty());
}

#[test]
fn s12_a_role_narrows_the_tracks() {
    let Duet { catalogue, a, b, both } = duet();
    let with_role = |artists: &[Uuid], role| {
        let mut query = query(artists, "09-01", "09-30");
        query.role = Some(role);
        ask(&catalogue, &query)
    };
    assert_eq!(estimate(with_role(&[b], Role::Main).summary.total), 600);
    let featured = with_role(&[b], Role::Featured);
    assert_eq!(featured.tracks.iter().map(|row| row.uuid).collect::<Vec<_>>(), [both]);
    // B is featured, so the track counts for A only and is not shared.
    let main = with_role(&[a, b], Role::Main);
    assert_eq!(estimate(main.summary.total), 1_800);
    assert!(main.shared.tracks.is_empty());
    assert_eq!(main.artists.iter().map(|row| row.tracks).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn s13_nothing_in_a_range_that_was_asked_for_is_absent() {
    let empty = || SingleSeries::counter(&Values::default());
    let state = |one: SingleSeries| one.report("09-01", "09-30").tracks[0].state;
    assert_eq!(state(empty()), State::Unknown, "never fetched");
    assert_eq!(state(empty().fetched("09-01", "09-30")), State::Absent);
    assert_eq!(state(empty().fetched("09-02", "09-30")), State::Unknown, "the first day is lacking");
    assert_eq!(state(empty().fetched("09-01", "09-29")), State::Unknown, "the last day is lacking");
    assert_eq!(
        state(empty().fetched("09-16", "10-05").fetched("08-01", "09-15")),
        State::Absent,
        "the union"
    );
    assert_eq!(state(empty().fetched("09-01", "09-15").fetched("09-17", "09-30")), State::Unknown);
    // An observation outside the range proves that the track exists there.
    let elsewhere = SingleSeries::counter(&Values::new(&[("07-01", 5)])).fetched("09-01", "09-30");
    assert_eq!(state(elsewhere), State::Unknown);
}

#[test]
fn s13_days_to_come_need_not_be_fetched() {
    let empty = || SingleSeries::counter(&Values::default()).on_day("09-15");
    let state = |one: SingleSeries| one.report("09-01", "09-30").tracks[0].state;
    assert_eq!(state(empty().fetched("09-01", "09-14")), State::Absent);
    assert_eq!(state(empty().fetched("09-01", "09-13")), State::Unknown, "yesterday is lacking");
    let first_day = empty().on_day("09-01");
    assert_eq!(state(first_day), State::Unknown, "nothing has been to be asked for");
}

#[test]
fn s13_a_track_released_after_the_range_is_absent() {
    let state = |release: &str, first: &str| {
        let values = Values::rising(first, "10-20", 5_000, 10);
        SingleSeries::counter(&values).released(release).report("09-01", "09-30").tracks[0].state
    };
    assert_eq!(state("10-01", "10-01"), State::Absent);
    assert_eq!(state("10-01", "10-15"), State::Absent, "however late the first value is");
    assert_eq!(state("09-30", "10-15"), State::Unknown, "released on the last day");
    assert_eq!(state("10-01", "09-30"), State::Unknown, "a value on the last day: a baseline");
    assert_eq!(state("10-01", "09-15"), State::Known, "values from before the release are believed");
}

#[test]
fn s13_an_absent_track_keeps_its_row_and_changes_no_sum() {
    let Duet { mut catalogue, a, .. } = duet();
    let alone = september(&catalogue, &[a]);
    let absent = catalogue.add_track("Absent", a);
    catalogue.windows.insert((absent, PLATFORM.to_owned()), vec![(day("09-01"), day("09-30"))]);
    let report = september(&catalogue, &[a]);
    let row = report.tracks.last().unwrap();
    assert_eq!((row.uuid, row.state, row.total, row.platforms.len()), (absent, State::Absent, None, 0));
    assert_eq!(report.summary.total, alone.summary.total);
    assert_eq!(report.summary.coverage, alone.summary.coverage);
    assert_eq!((report.summary.tracks, report.summary.tracks_of), (2, 3));

    let unknown = catalogue.add_track("Never asked for", a);
    let report = september(&catalogue, &[a]);
    assert_eq!(report.tracks[2].uuid, unknown, "after the known, before the absent");
    assert_eq!(report.tracks[2].platforms[0].state, State::Unknown);
    assert_eq!(bounds(report.summary.total.unwrap()), (1_200, 1_200, None), "what is unknown has no bound");
}

#[test]
fn s13_a_cell_is_the_sum_of_its_series() {
    let one = SingleSeries::counter(&Values::rising("08-31", "09-30", 1_000, 10))
        .and("b", &Values::rising("09-10", "09-20", 50, 5).set("09-15", 76));
    // b: 50 from 09-11 to 09-20, of which 6 on 09-15 and 4 on 09-16.
    let cell = one.cell("09-01", "09-20").unwrap();
    assert_eq!(bounds(cell.total.unwrap()), (250, 250, Some(300)));
    assert_eq!((cell.days_tracked, cell.average_daily.as_deref()), (20, Some("12.5")));
    let peak = cell.peak.unwrap();
    assert_eq!((peak.value, peak.day), (16, day("09-15")));
    let tie = one.cell("09-11", "09-14").unwrap().peak.unwrap();
    assert_eq!((tie.value, tie.day), (15, day("09-11")), "the first of equal days");
}

#[test]
fn s13_a_peak_counts_clean_steps_only() {
    // 300 over three days, and single days of 10.
    let values = Values::rising("08-31", "09-30", 1_000, 10).without(&["09-10", "09-11"]);
    let values = values.change("09-12", "09-30", |value| value + 270);
    let cell = SingleSeries::counter(&values).cell("09-01", "09-30").unwrap();
    assert_eq!((cell.total.unwrap().estimate, cell.peak.unwrap().value), (570, 10));
}

/// Many tracks are summed in parallel, few on one thread, with the same result.
#[test]
fn s23_a_crowd_of_tracks_is_what_its_parts_add_up_to() {
    const ARTISTS: usize = 12;
    let mut catalogue = Catalogue::default();
    catalogue.add_platform(PLATFORM, "streams", Additive::Counter);
    catalogue.add_platform("youtube", "views", Additive::Counter);
    let artists: Vec<Uuid> = (0..ARTISTS).map(|n| catalogue.add_artist(&format!("Artist {n}"))).collect();
    for n in 0..100 * ARTISTS {
        let track = catalogue.add_track(&format!("Track {n}"), artists[n % ARTISTS]);
        let values = Values::rising("08-31", "09-30", 1_000, n as i64 % 97);
        let values = match n % 5 {
            0 => values.without(&["09-10", "09-11"]),
            1 => values.change("09-20", "09-30", |value| value - 300),
            2 => values.without(&["08-31"]),
            _ => values,
        };
        observe(&mut catalogue, track, PLATFORM, "", &values);
        if n % 3 == 0 {
            observe(&mut catalogue, track, "youtube", "", &values);
        }
    }
    let asked = |artists: &[Uuid]| {
        let mut query = query(artists, "09-01", "09-30");
        query.daily = true;
        ask(&catalogue, &query)
    };
    let crowd = asked(&artists);
    let parts: Vec<Report> = artists.iter().map(|artist| asked(&[*artist])).collect();

    let mut tracks: Vec<_> = parts.iter().flat_map(|part| &part.tracks).collect();
    tracks.sort_by_key(|track| (Reverse(estimate(track.total)), &track.name));
    assert_eq!(crowd.tracks.iter().collect::<Vec<_>>(), tracks);
    assert_eq!(crowd.artists.len(), ARTISTS);
    assert!(parts.iter().all(|part| crowd.artists.contains(&part.artists[0])));
    let sum = |figures: Vec<Figure>| {
        let part = |of: fn(&Figure) -> i128| figures.iter().map(of).sum::<i128>();
        let high = figures.iter().map(|figure| figure.high).sum::<Option<i128>>();
        let exact = figures.iter().all(|figure| figure.exact);
        Some(Figure { estimate: part(|f| f.estimate), low: part(|f| f.low), high, exact })
    };
    assert_eq!(crowd.summary.total, sum(parts.iter().filter_map(|part| part.summary.total).collect()));
    for (place, platform) in crowd.platforms.iter().enumerate() {
        let totals = parts.iter().filter_map(|part| part.platforms[place].total).collect();
        assert_eq!(platform.total, sum(totals), "{}", platform.platform);
    }
    for (place, day) in crowd.days.unwrap().into_iter().enumerate() {
        for (number, cell) in day.platforms.into_iter().enumerate() {
            let parts = || parts.iter().map(|part| &part.days.as_ref().unwrap()[place].platforms[number]);
            let context = format!("{} {}", day.day, cell.platform);
            assert_eq!(cell.value, parts().map(|part| part.value).sum::<i128>(), "{context}");
            assert_eq!(cell.spread, parts().map(|part| part.spread).sum::<i128>(), "{context}");
            assert_eq!(cell.covered, parts().map(|part| part.covered).sum::<u32>(), "{context}");
            assert_eq!(cell.missing, parts().map(|part| part.missing).sum::<u32>(), "{context}");
            assert_eq!(cell.corrected, parts().map(|part| part.corrected).sum::<u32>(), "{context}");
        }
    }
    let (version, hash) = (crowd.data_version, crowd.hash);
    catalogue.tracks.reverse();
    let again = ask(&catalogue, &query(&artists, "09-01", "09-30"));
    assert_eq!((again.data_version, again.hash), (version, hash));
}

/// S24: two tracks with one identifier may be one recording; the report warns and states the possible difference.
#[test]
fn s24_an_identifier_of_two_tracks_is_warned_of() {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform(PLATFORM, "streams", Additive::Counter);
    let artist = catalogue.add_artist("Artist");
    let [old, new, other] = ["Old", "New", "Other"].map(|name| catalogue.add_track(name, artist));
    observe(&mut catalogue, old, PLATFORM, "x", &Values::rising("08-31", "09-30", 0, 1_000));
    observe(&mut catalogue, new, PLATFORM, "x", &Values::rising("09-20", "09-30", 20_000, 1_000));
    observe(&mut catalogue, other, PLATFORM, "y", &Values::rising("08-31", "09-30", 0, 10));
    let query = query(&[artist], "09-01", "09-30");
    let mut evidence = catalogue.evidence(&query);
    let shared = |tracks: &[Uuid]| SharedIdentifier {
        platform: PLATFORM.to_owned(),
        identifier: "x".to_owned(),
        tracks: tracks.to_vec(),
    };
    let warned = |evidence: &Evidence| {
        let report = report(evidence, &query, today());
        let warning = report.warnings.into_iter().find(|warning| warning.code == "shared_identifier");
        warning.map(|warning| warning.message)
    };
    assert_eq!(warned(&evidence), None);
    evidence.shared_identifiers = vec![shared(&[old, new])];
    let message = warned(&evidence).unwrap();
    for part in ["“Old” and “New”", "(x)", "10,000 lower"] {
        assert!(message.contains(part), "{message}");
    }
    evidence.shared_identifiers = vec![shared(&[old, Uuid::from_u128(99)])];
    assert_eq!(warned(&evidence), None, "only one of them is in the report");
}
