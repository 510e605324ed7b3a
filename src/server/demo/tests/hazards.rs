//! The engine finds each hazard on any day, and nothing else.

use std::collections::HashMap;

use super::*;
use crate::domain::Month;
use crate::domain::catalogue::FetchedWindow;
use crate::domain::series::{Observation, Step};
use crate::server::demo::days;
use crate::server::demo::roster::EVERY_FOUR_WEEKS;

/// Number of unflagged steps of this length.
fn holes(series: &[Series], days: i32) -> usize {
    let is_hole = |step: &&Step| step.days == days && step.kind == StepKind::Plain;
    series.iter().flat_map(|series| &series.steps).filter(is_hole).count()
}

#[test]
fn restatements_and_glitches_are_where_they_were_placed() {
    for worked in PROVIDER.iter() {
        let corrected = [("capitan-cedrata", 2, "spotify"), ("kassettenkoenigin", 1, "youtube")];
        assert_eq!(worked.with(StepKind::Correction), corrected);
        assert_eq!(worked.with(StepKind::Halved), [("velvet-cartographer", 0, "spotify")]);
        assert!(worked.series("velvet-cartographer", 0, "spotify")[0].steps.iter().any(|step| step.doubled));
        let (reissues, jumps): (Vec<_>, Vec<_>) =
            worked.with(StepKind::Jump).into_iter().partition(|(slug, ..)| *slug == EVERY_FOUR_WEEKS);
        let placed = [
            ("glass-pelican", 0, "spotify"),
            ("marmalade-dynamo", 0, "youtube"),
            ("velvet-cartographer", 0, "spotify"),
        ];
        assert_eq!(jumps, placed);
        assert!(
            reissues.len() >= 4 && reissues.iter().all(|&(_, number, p)| number % 4 == 2 && p == "spotify")
        );
        assert_eq!(worked.with(StepKind::Unconfirmed), [("les-parapluies-bleu-nuit", 0, "spotify")]);
        let glitches = [
            ("glass-pelican", 1, "youtube"),
            ("kassettenkoenigin", 0, "spotify"),
            ("velvet-cartographer", 1, "youtube"),
        ];
        assert_eq!(
            worked.pairs_where(|pair| pair.series.iter().any(|series| !series.left_out.is_empty())),
            glitches
        );
        let negative = |line: &TrackObservations| line.observations.iter().any(|o| o.value < 0);
        assert!(negative(worked.lines("glass-pelican", 2, "shazam")[0]));
        assert_eq!(worked.catalogue.observations.iter().filter(|line| negative(line)).count(), 1);
    }
}

#[test]
fn repeats_and_holes_are_there() {
    for worked in PROVIDER.iter() {
        assert!(has(worked.series("capitan-cedrata", 0, "spotify"), StepKind::Stale));
        assert!(has(worked.series("jacare-astronauta", 0, "youtube"), StepKind::Stale));
        let open = [2, 3, 4, 6]
            .map(|number| has(worked.series("velvet-cartographer", number, "spotify"), StepKind::StaleOpen));
        assert!(open.contains(&true) && open.contains(&false), "{open:?}");
        assert!(holes(worked.series("capitan-cedrata", 4, "youtube"), 3) >= 20);
        let edges = &worked.series("capitan-cedrata", 1, "spotify")[0].steps;
        let is_edge = |first: Day, last: Day| first.month() != last.month();
        assert!(edges.iter().filter(|step| is_edge(step.first(), step.last)).count() >= 20);
        assert!(
            worked.series("senorita-gravedad", 0, "soundcloud")[0].steps.iter().any(|step| step.days > 62)
        );
        assert!(holes(worked.series("senorita-gravedad", 1, "tiktok"), 2) >= 10);
        // An outage: no series has a value on these days.
        let is_out = |o: &Observation| (o.day.month(), o.day.day_of_month()) == (6, 7);
        let mut youtube = worked.catalogue.observations.iter().filter(|line| line.platform == "youtube");
        assert!(!youtube.any(|line| line.observations.iter().any(is_out)));
    }
}

#[test]
fn identifiers_are_joined_or_added_up() {
    for worked in PROVIDER.iter() {
        for number in [0, 1, 4, 6] {
            assert_eq!(worked.lines("nebbia-ottanio", number, "spotify").len(), 2, "{number}");
            assert_eq!(worked.series("nebbia-ottanio", number, "spotify").len(), 1, "{number}");
        }
        assert_eq!(worked.series("nebbia-ottanio", 5, "spotify").len(), 2);
        assert_eq!(worked.series("jacare-astronauta", 1, "tiktok").len(), 6);
        // Days of both identifiers, and how many of them have equal values.
        let common = |number| {
            let [a, b] = worked.lines("nebbia-ottanio", number, "spotify")[..] else { panic!("two") };
            let values: HashMap<Day, i64> = b.observations.iter().map(|o| (o.day, o.value)).collect();
            let both = a.observations.iter().filter_map(|o| Some((o.value, *values.get(&o.day)?)));
            (both.clone().count(), both.filter(|(a, b)| a == b).count())
        };
        let ((days, equal), (late_days, late_equal)) = (common(0), common(6));
        assert!(days > 600 && equal == days, "{equal} of {days}");
        assert!(late_equal < late_days && late_equal * 10 >= late_days * 9, "{late_equal} of {late_days}");
        assert_eq!(common(4).0, 0, "by turns");
    }
}

#[test]
fn releases_begin_inside_months() {
    for worked in PROVIDER.iter() {
        let today = worked.today;
        let month = Month::containing(today).saturating_add(-1);
        let released = |song: &&Song| {
            song.artist().slug == EVERY_FOUR_WEEKS && Month::containing(song.released) == month
        };
        let song = worked.songs.iter().find(released).unwrap();
        let series = worked.series(EVERY_FOUR_WEEKS, song.number, "spotify")[0].clone();
        let series = series.with_release(song.known_release());
        assert_eq!((series.steps[0].kind, series.start), (StepKind::Release, song.released - 1));
        let late = worked.songs.iter().find(|song| {
            song.artist().slug == EVERY_FOUR_WEEKS && song.number % 4 == 1 && today - song.released > 60
        });
        let late = late.unwrap();
        let series = &worked.series(EVERY_FOUR_WEEKS, late.number, "youtube")[0];
        assert!(series.start - late.released >= 40);
        assert!(worked.songs.iter().any(|song| song.known_release().is_none()));
    }
}

#[test]
fn what_was_not_fetched_is_missing_and_nothing_else() {
    let (had, held) = (&PROVIDER[0], &*HELD);
    let windows = |song: &Song, platform: &str| {
        let is_of = |w: &&FetchedWindow| w.track_uuid == song.uuid() && w.platform == platform;
        held.catalogue.fetched_windows.iter().filter(is_of).map(|w| (w.from, w.to)).collect::<Vec<_>>()
    };
    let whole = days(held.today);
    // Fetched without data.
    let nowhere = held.song("capitan-cedrata", 9);
    assert_eq!(windows(nowhere, "spotify"), [whole]);
    assert!(had.catalogue.observations.iter().all(|line| line.track_uuid != nowhere.uuid()));
    // Not fetched, or not recently.
    assert_eq!(windows(held.song("nebbia-ottanio", 0), "soundcloud"), []);
    assert!(held.lines("nebbia-ottanio", 0, "soundcloud").is_empty());
    assert!(!had.lines("nebbia-ottanio", 0, "soundcloud").is_empty());
    let until = day("2026-09-30");
    assert_eq!(windows(held.song("motel-zanzara", 0), "spotify"), [(whole.0, until)]);
    assert!(held.series("motel-zanzara", 0, "spotify").iter().all(|series| series.last() <= until));
    let march = |year| (day(&format!("{year}-03-04")), day(&format!("{year}-03-20")));
    let ((a, b), (c, d)) = (march(2025), march(2026));
    assert_eq!(windows(held.song("marmalade-dynamo", 0), "youtube"), [(whole.0, a), (b, c), (d, whole.1)]);
    // Everything else is complete.
    let (had, held) = (had.observation_count(), held.observation_count());
    assert!(held < had && held * 100 > had * 97, "{held} of {had}");
}

#[test]
fn the_truth_is_what_clean_steps_say() {
    let worked = &PROVIDER[0];
    let mut clean = 0;
    for song in worked.songs.iter().filter(|song| song.artist().slug == "nebbia-ottanio" && song.number != 6)
    {
        for platform in ["spotify", "youtube", "tiktok"] {
            let Some(pair) = worked.pairs.get(&(song.uuid(), platform.to_owned())) else { continue };
            let [series] = &pair.series[..] else { continue };
            let is_recent = |day: Day| day > worked.today - 28;
            for step in series.steps.iter().filter(|step| step.is_clean() && is_recent(step.last)) {
                assert_eq!(i128::from(step.size), i128::from(song.true_daily(platform, step.last)));
                clean += 1;
            }
        }
    }
    assert!(clean > 500, "{clean}");
}
