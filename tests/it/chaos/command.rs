//! Output and exit codes of the `sync` command.

use std::time::Duration;

use super::catalogue::{artist, made};
use super::process::Process;
use super::support::{Fixture, ReportSpec, free, until};
use music_analytics::server::simulator::settings::Knobs;

const SOON: Duration = Duration::from_secs(30);

async fn code(mut process: Process) -> (Option<i32>, String) {
    let status = process.exit(SOON).await;
    (status.code(), process.stderr_text())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_tells_how_a_sync_ended() {
    let world = Fixture::faulty(made(1, 2), &["forbidden@song_audience"], free()).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let (partly, told) = code(Process::sync(&world, &question)).await;
    assert_eq!(partly, Some(3), "{told}");
    assert!(told.contains("Track 0000") && told.contains("Spotify"), "{told}");
    world.simulator.set(free());
    let (done, told) = code(Process::sync(&world, &question)).await;
    assert_eq!(done, Some(0), "{told}");
    world.assert_truth(&question).await;
    let asked = world.requests();
    let (nothing, told) = code(Process::sync(&world, &question)).await;
    assert_eq!((nothing, world.requests()), (Some(0), asked), "{told}");
    let (wrong, told) = code(Process::sync(&world, &ReportSpec { artists: vec![7], ..question })).await;
    assert!(wrong == Some(2) && told.contains(&artist(7).to_string()), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_stopped_gives_its_work_back() {
    let world = Fixture::with(made(2, 8), Knobs { latency_ms: 100, ..free() }).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let mut process = Process::sync(&world, &question);
    until("something is stored", async || world.number("select count(*) from fetched_windows").await > 0)
        .await;
    process.signal("TERM");
    assert_eq!(process.exit(SOON).await.code(), Some(1), "{}", process.stderr_text());
    assert_eq!(world.number("select count(*) from sync_units where state = 'running'").await, 0);
    assert_eq!(world.number("select sum(attempts) + sum(crashes) from sync_units").await, 0);
    Process::sync(&world, &question).succeeds(SOON).await;
    world.assert_truth(&question).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty());
}
