//! `cargo bench --features ssr --bench shape`: compares table layouts on SQLite by bytes per observation and
//! by the time to read a report's data. The basis for the chosen schema (docs/performance.md). Options: `--
//! --observations N`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

mod generator;

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use generator::{Generator, PLATFORMS};
use music_analytics::domain::series::track_platform::TrackPlatform;
use music_analytics::domain::series::{
    IdentifierObservations, Observation, pack, parse_packed as read_packed,
};
use music_analytics::domain::{Day, Kind};
use music_analytics::server::store::observations::packed::{self, FetchedObservation};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A report's selection: artists, and the days of its range.
const SELECTIONS: [(&str, u64, i32); 3] =
    [("1 artist, 1 month", 1, 30), ("10 artists, 12 months", 10, 365), ("100 artists, 12 months", 100, 365)];
const ROUNDS: usize = 21;

/// A table layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One row per observation, clustered by key.
    Plain,
    /// One row per identifier, and one row of series per track and platform.
    PerPair,
    /// One row per identifier, and one row of series per track.
    PerTrack,
}

#[tokio::main]
async fn main() {
    // Do nothing under `cargo test --all-targets`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let wanted = std::env::args().skip_while(|argument| argument != "--observations").nth(1);
    let generator =
        Generator::with_observations(wanted.map_or(10_000_000, |text| text.parse().expect("a number")));
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (shape, page_size) in [
        (Shape::Plain, 4_096),
        (Shape::Plain, 16_384),
        (Shape::PerPair, 4_096),
        (Shape::PerPair, 16_384),
        (Shape::PerTrack, 4_096),
        (Shape::PerTrack, 8_192),
        (Shape::PerTrack, 16_384),
        (Shape::PerTrack, 32_768),
    ] {
        measure(generator, shape, page_size, &directory.path().join(format!("{shape:?}-{page_size}.db")))
            .await;
    }
}

async fn measure(generator: Generator, shape: Shape, page_size: u32, path: &Path) {
    let mut conn = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(page_size)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("mmap_size", "2147418112")
        .pragma("cache_size", "-65536")
        .connect()
        .await
        .expect("a database");
    let started = Instant::now();
    let count = write(&mut conn, generator, shape).await.expect("rows are written");
    let took = started.elapsed();
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut conn).await.expect("a checkpoint");
    let bytes = std::fs::metadata(path).expect("a file").len();
    println!(
        "{shape:?}, pages of {page_size}: {:.2} bytes an observation, {:.0} observations/s written",
        bytes as f64 / count as f64,
        count as f64 / took.as_secs_f64()
    );
    for (name, artists, days) in SELECTIONS {
        let (mut fetching, mut whole) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS as u64 {
            let tracks = selection(generator, artists, round);
            let last: Day = "2026-10-31".parse().expect("a date");
            for (times, unpacks) in [(&mut fetching, false), (&mut whole, true)] {
                let started = Instant::now();
                let total = read(&mut conn, shape, &tracks, last - (days - 1), last, unpacks).await;
                times.push(started.elapsed());
                assert!(total.expect("rows are read") > 0);
            }
        }
        println!("  {name}: rows fetched in {}, and added up {}", spread(fetching), spread(whole));
    }
    conn.close().await.expect("closed");
    std::fs::remove_file(path).expect("removed");
}

/// The tracks of some artists; different ones in every round.
fn selection(generator: Generator, artists: u64, round: u64) -> Vec<i64> {
    let first = if artists >= generator.artists() { 0 } else { round * 13 % (generator.artists() - artists) };
    let is_selected =
        |track: &u64| generator.artists_of(*track).iter().any(|a| (first..first + artists).contains(a));
    (0..generator.tracks).filter(is_selected).map(|track| track as i64).collect()
}

/// Median and quartiles.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |quarter: usize| times[(times.len() - 1) * quarter / 4].as_secs_f64() * 1_000.0;
    format!("{:.2} ms ({:.2} to {:.2})", at(2), at(1), at(3))
}

async fn write(conn: &mut SqliteConnection, generator: Generator, shape: Shape) -> sqlx::Result<u64> {
    let schema = match shape {
        Shape::Plain => {
            "create table observations (track_id bigint not null, platform_id bigint not null, identifier text not null,
             day bigint not null, value bigint not null, fetch_id bigint not null,
             primary key (track_id, platform_id, identifier, day)) without rowid"
        }
        Shape::PerPair => {
            "create table observations (track_id bigint not null, platform_id bigint not null, identifier text not null,
             packed bytea not null, primary key (track_id, platform_id, identifier));
             create table series (track_id bigint not null, platform_id bigint not null, digest bytea not null,
             packed bytea not null, primary key (track_id, platform_id))"
        }
        Shape::PerTrack => {
            "create table observations (track_id bigint not null, platform_id bigint not null, identifier text not null,
             packed bytea not null, primary key (track_id, platform_id, identifier));
             create table series (track_id bigint not null primary key, packed bytea not null)"
        }
    };
    sqlx::raw_sql(schema).execute(&mut *conn).await?;
    let mut tx = conn.begin().await?;
    let mut count = 0;
    for track in 0..generator.tracks {
        let mut row = Vec::new();
        for platform in 0..PLATFORMS.len() {
            let observations = generator.series(track, platform);
            count += observations.len() as u64;
            let (track_id, platform_id) = (track as i64, platform as i64);
            let identifier = format!("id{track}-{platform}");
            if shape == Shape::Plain {
                for observations in observations.chunks(500) {
                    let row = |o: &Observation| {
                        format!("({track_id},{platform_id},'{identifier}',{},{},1)", o.day.number(), o.value)
                    };
                    let rows = observations.iter().map(row).collect::<Vec<_>>().join(",");
                    let insert = AssertSqlSafe(format!("insert into observations values {rows}"));
                    sqlx::raw_sql(insert).execute(&mut *tx).await?;
                }
                continue;
            }
            let fetched: Vec<FetchedObservation> =
                observations.iter().map(|o| FetchedObservation { observation: *o, fetch_id: 1 }).collect();
            sqlx::query("insert into observations values ($1, $2, $3, $4)")
                .bind(track_id)
                .bind(platform_id)
                .bind(&identifier)
                .bind(packed::pack(&fetched))
                .execute(&mut *tx)
                .await?;
            let identified =
                [IdentifierObservations { identifier: &identifier, observations: &observations }];
            let packed = pack(&TrackPlatform::work_out(Kind::Counter, platform == 0, &identified));
            if shape == Shape::PerTrack {
                row.extend_from_slice(&(packed.len() as u32).to_le_bytes());
                row.extend_from_slice(&[0; 16]);
                row.extend_from_slice(&packed);
            } else {
                sqlx::query("insert into series values ($1, $2, $3, $4)")
                    .bind(track_id)
                    .bind(platform_id)
                    .bind(vec![0u8; 16])
                    .bind(packed)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        if shape == Shape::PerTrack {
            sqlx::query("insert into series values ($1, $2)")
                .bind(track as i64)
                .bind(row)
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(count)
}

/// Fetches a selection and, if `unpacks`, sums it up. The plain layout sums in SQL and does less than a
/// report: it subtracts the first value from the last, ignoring glitches, corrections and stale values.
async fn read(
    conn: &mut SqliteConnection,
    shape: Shape,
    tracks: &[i64],
    from: Day,
    to: Day,
    unpacks: bool,
) -> sqlx::Result<i64> {
    let list = tracks.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let sum = |packed: &[u8]| -> i64 {
        if !unpacks {
            return packed.len() as i64;
        }
        let pair = read_packed(&Bytes::copy_from_slice(packed)).expect("a packed pair").unpack();
        let steps = pair.series.iter().flat_map(|series| &series.steps);
        steps.filter(|step| (from..=to).contains(&step.last)).map(|step| step.size.max(0)).sum()
    };
    let mut total = 0;
    match shape {
        Shape::Plain => {
            let sql = format!(
                "select track_id, platform_id, max(value) - min(value) from observations where track_id in ({list})
                 and day between {} and {} group by track_id, platform_id",
                from.number() - 1,
                to.number()
            );
            let mut rows =
                sqlx::query_as::<_, (i64, i64, i64)>(AssertSqlSafe(sql)).persistent(false).fetch(conn);
            while let Some((_, _, amount)) = rows.try_next().await? {
                total += amount;
            }
        }
        Shape::PerPair => {
            let sql = format!("select packed from series where track_id in ({list})");
            let mut rows = sqlx::query_scalar::<_, Vec<u8>>(AssertSqlSafe(sql)).persistent(false).fetch(conn);
            while let Some(packed) = rows.try_next().await? {
                total += sum(&packed);
            }
        }
        Shape::PerTrack => {
            let sql = format!("select packed from series where track_id in ({list})");
            let mut rows = sqlx::query_scalar::<_, Vec<u8>>(AssertSqlSafe(sql)).persistent(false).fetch(conn);
            while let Some(row) = rows.try_next().await? {
                let mut rest = row.as_slice();
                while let Some((length, after)) = rest.split_first_chunk::<4>() {
                    let (packed, others) = after[16..].split_at(u32::from_le_bytes(*length) as usize);
                    total += sum(packed);
                    rest = others;
                }
            }
        }
    }
    Ok(total)
}
