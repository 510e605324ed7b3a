//! Random interleavings of crashes, retries and cancellations store the same data in the end.

use std::collections::BTreeMap;
use std::time::Duration;

use music_analytics::domain::series::Observation;
use music_analytics::domain::sync::SyncState;
use music_analytics::server::config::Config;
use music_analytics::server::store::Db;
use music_analytics::server::store::observations::packed;
use music_analytics::server::sync::{self, Provider, Started, Workers};
use uuid::Uuid;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete, fast_polling};

/// Track, platform and identifier, or artist, platform and metric.
type SeriesKey = (String, String, String);

/// All observations, without their fetches.
async fn stored(db: &Db) -> (BTreeMap<SeriesKey, Vec<Observation>>, Vec<(String, String, i64, i64)>) {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<(String, String, String, Vec<u8>)> = sqlx::query_as(
        "select t.uuid, p.code, o.identifier, o.packed from observations o join tracks t on t.id = o.track_id
         join platforms p on p.id = o.platform_id",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    let unpacked = |bytes: &[u8]| packed::unpack(bytes).unwrap().into_iter().map(|f| f.observation).collect();
    let of_tracks =
        rows.into_iter().map(|(track, platform, id, bytes)| ((track, platform, id), unpacked(&bytes)));
    let of_artists = sqlx::query_as(
        "select a.uuid, p.code || ' ' || o.metric, o.day, o.value from artist_observations o
         join artists a on a.id = o.artist_id join platforms p on p.id = o.platform_id order by 1, 2, 3",
    );
    (of_tracks.collect(), of_artists.fetch_all(&mut *tx).await.unwrap())
}

/// A process that works for a while and crashes.
async fn crash(config: Config, url: String, after: Duration) {
    let doomed = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let db = Db::open(&url).await.unwrap();
            let provider = Provider::choose(&config, &db).await.unwrap();
            let workers = Workers::start(&db, &provider, 1, fast_polling()).await.unwrap();
            tokio::time::sleep(after).await;
            drop(workers);
        });
        runtime.shutdown_background();
    });
    tokio::task::spawn_blocking(move || doomed.join().unwrap()).await.unwrap();
}

fn drawn_question(chance: &mut fastrand::Rng) -> ReportSpec {
    let artists = [vec![0], vec![1], vec![2], vec![0, 1], vec![1, 2], vec![0, 1, 2]];
    let artists = &artists[chance.usize(..artists.len())];
    let whole = ReportSpec::two_months(artists);
    match chance.u32(..3) {
        0 => whole,
        1 => ReportSpec::month(artists),
        _ => {
            let from = whole.from + chance.i32(0..20);
            ReportSpec { from, to: from + chance.i32(0..30), ..whole }
        }
    }
}

async fn interleaved(seed: u64) {
    let world = Fixture::new(made(3, 3)).await;
    world.add_artists(&[0, 1, 2]).await;
    let mut chance = fastrand::Rng::with_seed(seed);
    let provider = world.provider().await;
    let mut asked: Vec<(ReportSpec, Option<Uuid>)> = Vec::new();
    for _ in 0..10 {
        let drawn = chance.u32(..10);
        let known: Vec<Uuid> = asked.iter().filter_map(|(_, id)| *id).collect();
        match drawn {
            0..4 => {
                let question = drawn_question(&mut chance);
                let request = question.request();
                let work = Duration::from_millis(chance.u64(5..80));
                let (one, two, ()) = tokio::join!(world.ask(&request), world.ask(&request), async {
                    if drawn > 1 {
                        crash(world.config.clone(), world.url(), work).await;
                    }
                });
                let id = |started| if let Started::Open(id, _) = started { Some(id) } else { None };
                let (one, two) = (id(one), id(two));
                assert_eq!(one, two, "seed {seed}: {question:?}");
                asked.push((question, one));
            }
            4..7 => {
                let after = Duration::from_millis(chance.u64(5..80));
                crash(world.config.clone(), world.url(), after).await;
            }
            7 => {
                let workers = world.workers().await;
                tokio::time::sleep(Duration::from_millis(chance.u64(5..80))).await;
                workers.stop().await;
            }
            _ => {
                let Some(id) = chance.choice(&known) else { continue };
                if drawn == 8 {
                    sync::cancel(&world.db, *id).await.unwrap();
                } else {
                    sync::retry(&world.db, &provider, *id).await.unwrap();
                }
            }
        }
    }
    // The same request without disturbances, here and in another database.
    let calm = Fixture::new(world.catalogue.clone()).await;
    calm.add_artists(&[0, 1, 2]).await;
    for (question, id) in &asked {
        if let Started::Open(id, _) = world.ask(&question.request()).await {
            let mut status = world.finish(id).await;
            if status.state == SyncState::Partial {
                // Processes may have crashed at the same unit too often.
                assert_eq!(sync::retry(&world.db, &provider, id).await.unwrap(), id);
                status = world.finish(id).await;
            }
            assert_complete(&status);
        }
        if let Some(id) = id {
            let status = sync::status(&world.db, *id).await.unwrap();
            assert!(!status.state.is_open(), "seed {seed}: {status:?}");
        }
        if let Started::Open(id, _) = calm.ask(&question.request()).await {
            assert_complete(&calm.finish(id).await);
        }
        world.assert_truth(question).await;
    }
    assert_eq!(stored(&world.db).await, stored(&calm.db).await, "seed {seed}");
    assert_eq!(world.number("select count(*) from revisions").await, 0);
    let open = "select count(*) from sync_units where state in ('queued', 'running')";
    assert_eq!(world.number(open).await, 0, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_retries_cancels_and_duplicates_leave_the_same_tables() {
    // The number of cases, as for property tests.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12);
    for seed in 1..=cases {
        interleaved(seed).await;
    }
}
