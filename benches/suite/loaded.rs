//! Load test of the server process: startup time, and 50 connections sending requests without pause from the
//! same machine.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;

use crate::Bench;
use crate::clock::{Runs, Times};
use crate::machine::resident_mb;

pub const CONNECTIONS: usize = 50;
const SECONDS: u64 = 10;
/// Distinct URLs reserved for each run.
const MORE_THAN_A_RUN: u64 = 100_000;
/// Number of possible start days of a 30-day range.
const STARTS: u64 = 600;
/// Number of possible start days of a 12-month range.
const STARTS_OF_YEARS: u64 = 360;
pub const EMAIL: &str = "bench@example.com";
pub const PASSWORD: &str = "of no use elsewhere";
pub const TOKEN: &str = "for-measurements-and-of-no-use-elsewhere";
pub const ADDRESS: &str = "127.0.0.1:3127";

pub async fn measured(bench: &Bench) -> String {
    let served = ServerProcess::start(bench).await;
    let memory = served.memory_mb();
    let [head, line] = Runs::HEAD;
    let mut table = format!("| served | requests a second | {head}\n|---|---|{line}\n");
    let artist = |number: u64| bench.generator.artist(number % bench.generator.artists());
    let one = format!("/api/v1/report?artist={}&month=2026-09", artist(0));
    table += &asked("an artist's month, again and again", move |_| one.clone()).await;
    let (artists, generator) = (bench.generator.artists(), bench.generator);
    let each = move |number: u64| {
        let (artist, from) =
            (generator.artist(number % artists), generator.first_day + (number / artists % STARTS) as i32);
        format!("/api/v1/report?artist={artist}&from={from}&to={}", from + 29)
    };
    table += &asked("an artist's month, each time another", each).await;
    let ten = move |number: u64| {
        let chosen = (0..10).map(|n| format!("artist={}", generator.artist((number + n * 67) % artists)));
        let from = generator.first_day + (number / artists % STARTS_OF_YEARS) as i32;
        let chosen = chosen.collect::<Vec<_>>().join("&");
        format!("/api/v1/report?{chosen}&from={from}&to={}", from + 364)
    };
    table += &asked("10 artists, 12 months, each time others", ten).await;
    let text = |number: u64| format!("/api/v1/artists?q={}", ["ka", "lo", "mira", "to"][number as usize % 4]);
    table += &asked("artists by name", text).await;
    table += &format!(
        "\nFrom start to ready: {:.2} s. Memory of the server: {memory} MB when it is ready, {} MB after the load.\n",
        served.ready.as_secs_f64(),
        served.memory_mb()
    );
    table
}

/// A row of the table: three runs.
async fn asked(name: &str, path: impl Fn(u64) -> String + Clone + Send + 'static) -> String {
    let mut from = 0;
    let runs = Runs::measure(async || {
        let times = run(from, path.clone()).await;
        from += MORE_THAN_A_RUN;
        times
    })
    .await;
    let rate = runs.count() / SECONDS as f64;
    format!("| {name} | {rate:.0} | {}\n", runs.cells())
}

/// Each connection requests its own URLs, one after the other.
async fn run(from: u64, path: impl Fn(u64) -> String + Clone + Send + 'static) -> Times {
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let connections: Vec<_> = (0..CONNECTIONS as u64)
        .map(|connection| {
            let connection = from + connection;
            let path = path.clone();
            tokio::spawn(async move {
                let client = Client::new();
                let mut times = Times::default();
                for number in (connection..).step_by(CONNECTIONS) {
                    if Instant::now() > until {
                        break;
                    }
                    let url = format!("http://{ADDRESS}{}", path(number));
                    let request = client.get(url).header("authorization", format!("Bearer {TOKEN}"));
                    let body =
                        times.time(async { request.send().await?.error_for_status()?.bytes().await }).await;
                    assert!(!body.expect("an answer").is_empty());
                }
                times
            })
        })
        .collect();
    let mut all = Times::default();
    for connection in connections {
        all.add(connection.await.expect("no panic"));
    }
    all
}

/// A server process, killed on drop.
pub struct ServerProcess {
    process: Child,
    /// Startup time.
    pub ready: Duration,
    panics: Arc<AtomicU64>,
}

impl ServerProcess {
    /// Starts the process and waits until it is ready.
    pub async fn start(bench: &Bench) -> Self {
        let started = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_music-analytics"))
            .arg("serve")
            .env("DATABASE_URL", &bench.url)
            .env("MUSIC_ANALYTICS_ADDR", ADDRESS)
            .env("MUSIC_ANALYTICS_ADMIN_EMAIL", EMAIL)
            .env("MUSIC_ANALYTICS_ADMIN_PASSWORD", PASSWORD)
            .env("MUSIC_ANALYTICS_API_TOKEN", TOKEN)
            .env("MUSIC_ANALYTICS_API_PER_MINUTE", "0")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let panics = Arc::new(AtomicU64::new(0));
        let (said, count) = (process.stderr.take().expect("what it says"), Arc::clone(&panics));
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                count.fetch_add(line.contains("panicked at").into(), Ordering::Relaxed);
                eprintln!("{line}");
            }
        });
        let mut served = ServerProcess { process, ready: Duration::ZERO, panics };
        let answer = async || Client::new().get(format!("http://{ADDRESS}/readyz")).send().await;
        while !answer().await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        served.ready = started.elapsed();
        served
    }

    /// The number of panics seen on stderr.
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// Resident memory in MB.
    pub fn memory_mb(&self) -> u64 {
        resident_mb(self.process.id())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
