//! Under any provider fault: exact figures are correct, bounds contain the truth, and the sync reports what is
//! missing. No failure is silent.

use std::time::Duration;

use music_analytics::domain::report::Report;
use music_analytics::domain::sync::{SyncState, SyncStatus};
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::sync;
use tokio::time::Instant;
use uuid::Uuid;

use super::catalogue::{PLATFORMS, made, tracks_of, truth_on};
use super::support::{Fixture, ReportSpec, assert_complete, free};

/// Checks every track on every platform.
async fn assert_honest(world: &Fixture, question: &ReportSpec, status: &SyncStatus, context: &str) {
    let report = world.report(question).await;
    let without_songs =
        status.failures.iter().any(|failure| failure.track.is_none() && failure.platform.is_none());
    for uuid in tracks_of(&world.catalogue, &question.artists) {
        let track = world.catalogue.tracks.iter().find(|track| track.uuid == uuid).unwrap();
        for platform in PLATFORMS {
            let truth = truth_on(&world.catalogue, uuid, platform, question.range());
            let is_named = status.failures.iter().any(|failure| {
                let is_same =
                    |name: &Option<String>| name.as_ref().is_some_and(|name| name.to_lowercase() == platform);
                failure.track.as_ref() == Some(&track.name) && is_same(&failure.platform)
            });
            let is_excused = is_named || without_songs && !is_listed(&report, uuid);
            let known = cell(&report, uuid, platform);
            match (truth, known) {
                (None, None) => {}
                (Some(truth), Some(total)) if total.exact => {
                    assert_eq!(total.estimate, truth, "{context}: {} on {platform}", track.name);
                }
                (Some(truth), Some(total)) => {
                    let is_within = total.low <= truth && total.high.is_none_or(|high| truth <= high);
                    assert!(is_within, "{context}: {} on {platform}: {truth}, {total:?}", track.name);
                }
                _ => assert!(is_excused, "{context}: {} on {platform} is not named: {status:?}", track.name),
            }
        }
    }
}

fn is_listed(report: &Report, track: Uuid) -> bool {
    report.tracks.iter().any(|row| row.uuid == track)
}

fn cell(report: &Report, track: Uuid, platform: &str) -> Option<music_analytics::domain::Figure> {
    let row = report.tracks.iter().find(|row| row.uuid == track)?;
    row.platforms.iter().find(|cell| cell.platform == platform)?.total
}

/// Runs a sync under a fault; after the fault, a retry fetches the rest.
async fn under(faults: &[&str], knobs: Knobs) -> SyncStatus {
    let context = format!("{faults:?}");
    let world = Fixture::faulty(made(1, 3), faults, knobs).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let status = world.run(&question).await;
    assert_eq!(status.percent, 100, "{context}: {status:?}");
    assert_honest(&world, &question, &status, &context).await;
    let is_whole = status.state == SyncState::Complete;
    assert_eq!(is_whole, status.failures.is_empty(), "{context}: {status:?}");
    if !is_whole {
        world.simulator.set(free());
        let id = sync::retry(&world.db, &world.provider().await, status.id).await.unwrap();
        let again = world.finish(id).await;
        assert_honest(&world, &question, &again, &context).await;
    }
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_costs_nothing() {
    for fault in [
        "server_error@song_audience:tries=1",
        "server_error:one_in=3,tries=1",
        "bad_gateway@artist_songs:tries=1",
        "unavailable@song_audience:one_in=2,tries=1",
        "cut@song_audience:tries=1",
        "cut@chart_list:tries=1",
        "stall:one_in=4",
        "duplicate",
        "out_of_order",
        "next_loops@song_audience",
        "next_elsewhere@song_audience",
        "next_beyond@song_audience",
        "next_beyond@artist_songs",
        "short_pages",
    ] {
        let status = under(&[fault], Knobs { stall_ms: 200, ..free() }).await;
        assert_complete(&status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bursts_longer_than_a_question_has_tries_are_outlasted() {
    // A request retries a 500 once, and its unit is attempted four times.
    assert_complete(&under(&["server_error@song_audience:tries=6"], free()).await);
    let status = under(&["server_error@song_audience:tries=8"], free()).await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_cannot_be_are_left_out_or_bounded() {
    for fault in ["negative@song_audience", "huge@song_audience", "bare@song_audience"] {
        let status = under(&[fault], free()).await;
        assert_eq!(status.state, SyncState::Complete, "{fault}: {status:?}");
    }
    let status = under(&["overflow@song_audience"], free()).await;
    assert!(status.state == SyncState::Partial && !status.failures.is_empty(), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_wrong_is_named() {
    for fault in [
        "server_error@song_audience",
        "not_json@song_audience",
        "wrong_shape@song_audience",
        "errors_in_ok@song_audience",
        "forbidden@song_audience",
        "wrong_shape@artist_songs",
        "forbidden@artist_songs",
        "forbidden@chart_list",
        "wrong_shape@platforms",
        "wrong_shape@artist_audience",
    ] {
        let status = under(&[fault], free()).await;
        assert_eq!(status.state, SyncState::Partial, "{fault}: {status:?}");
        assert!(status.failures.iter().all(|failure| !failure.reason.is_empty()), "{fault}: {status:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_at_all_is_a_failure() {
    let status = under(&["forbidden"], free()).await;
    assert_eq!(status.state, SyncState::Failed, "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_come_shortened_are_asked_for_in_parts() {
    assert_complete(&under(&[], Knobs { truncate_over_days: Some(30), ..free() }).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_fast_is_a_pause() {
    let began = Instant::now();
    assert_complete(&under(&["rate_limit@song_audience:times=2"], free()).await);
    assert!(began.elapsed() >= Duration::from_secs(1), "the provider asked for a second");
    // A minute lasts one second and allows few requests.
    let knobs = Knobs { per_minute: Some(15), minute_ms: 1_000, ..free() };
    assert_complete(&under(&[], knobs).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_is_asked_for_again() {
    let began = Instant::now();
    let knobs = Knobs { stall_ms: 120_000, ..free() };
    assert_complete(&under(&["stall@song_audience:times=2"], knobs).await);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}
