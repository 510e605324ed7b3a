//! How report latency grows with the size of the database: the same artists in databases of increasing size.

use music_analytics::domain::Query;
use music_analytics::server::base::clock::today;
use music_analytics::server::reports;
use music_analytics::server::store::Db;

use crate::clock::Times;
use crate::questions::query_of;
use crate::{Bench, imported};

/// Runs are interleaved, so that noise affects all sizes equally.
const RUNS: usize = 5;
const QUESTIONS: usize = 20;

pub async fn measure(bench: &Bench, observations: u64) -> String {
    let mut sizes = Vec::new();
    for size in [observations / 100, observations / 10] {
        let small = bench.sized(size);
        imported::measured(&small).await;
        sizes.push((size, small.open().await, small));
    }
    sizes.push((observations, bench.open().await, bench.sized(observations)));
    let mut table = String::from(
        "| observations | 1 artist, 1 month, p50 ms | 10 artists, 12 months, p50 ms |\n|---|---|---|\n",
    );
    let mut times: Vec<[Vec<f64>; 2]> = vec![Default::default(); sizes.len()];
    for _ in 0..RUNS {
        for ((_, db, sized), times) in sizes.iter().zip(&mut times) {
            let month = query_of(sized.generator, 0..1, &[("month", "2026-09")]);
            let year = query_of(
                sized.generator,
                0..10.min(sized.generator.artists()),
                &[("from", "2025-11-01"), ("to", "2026-10-31")],
            );
            for (query, times) in [month, year].iter().zip(times) {
                times.push(median(db, query).await);
            }
        }
    }
    for ((size, db, sized), times) in sizes.iter().zip(&mut times) {
        let [month, year] = times.each_mut().map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        });
        let year =
            if sized.generator.artists() < 10 { "fewer than 10".to_owned() } else { format!("{year:.2}") };
        table += &format!("| {size} | {month:.2} | {year} |\n");
        db.close().await;
    }
    table
}

async fn median(db: &Db, query: &Query) -> f64 {
    let mut times = Times::default();
    for _ in 0..QUESTIONS {
        times.time(reports::report(db, query, today())).await.expect("a report");
    }
    times.at(50)
}
