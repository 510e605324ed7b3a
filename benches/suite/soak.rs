//! `make soak`: a mixed load for half an hour, measuring the server's memory.

use std::time::{Duration, Instant};

use reqwest::{Client, redirect};

use crate::Bench;
use crate::generator::Generator;
use crate::loaded::{ADDRESS, CONNECTIONS, EMAIL, PASSWORD, ServerProcess, TOKEN};

/// Pause between requests of a connection, to keep the machine busy but not saturated.
const PAUSE: Duration = Duration::from_millis(200);
const SAMPLE: Duration = Duration::from_secs(10);

pub async fn measured(bench: &Bench, minutes: u64) -> String {
    let served = ServerProcess::start(bench).await;
    let cookie = signed_in().await;
    let began = Instant::now();
    let until = began + Duration::from_secs(60 * minutes);
    let connections: Vec<_> = (0..CONNECTIONS as u64)
        .map(|connection| tokio::spawn(asking(bench.generator, connection, cookie.clone(), until)))
        .collect();
    let mut samples = Vec::new();
    while Instant::now() < until {
        tokio::time::sleep(SAMPLE).await;
        samples.push((began.elapsed().as_secs_f64() / 60.0, served.memory_mb() as f64));
    }
    let mut requests = 0;
    for connection in connections {
        requests += connection.await.expect("every answer is one");
    }
    assert_eq!(served.panics(), 0, "nothing panics");
    let late = &samples[samples.len() / 2..];
    let memory = |place: usize| samples.get(place).map_or(f64::NAN, |sample| sample.1);
    format!(
        "{requests} requests in {minutes} minutes, none failed. Memory: {:.0} MB after a minute, {:.0} MB half way, {:.0} MB at the \
         end; in the second half {:+.2} MB a minute (aim: below 1).\n",
        memory(5),
        memory(samples.len() / 2),
        memory(samples.len() - 1),
        slope(late)
    )
}

/// Signs in as admin; returns the session cookie.
async fn signed_in() -> String {
    let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
    let form = [("email", EMAIL), ("password", PASSWORD)];
    let answer =
        client.post(format!("http://{ADDRESS}/sign-in")).form(&form).send().await.expect("an answer");
    let cookie = answer.headers().get("set-cookie").expect("a session").to_str().expect("text");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// Sends requests until `until`; returns their number.
async fn asking(generator: Generator, connection: u64, cookie: String, until: Instant) -> u64 {
    let client = Client::new();
    let mut count = 0;
    for number in (connection..).step_by(CONNECTIONS) {
        if Instant::now() > until {
            break;
        }
        let path = path(generator, number);
        let request = client.get(format!("http://{ADDRESS}{path}"));
        let request = if path.starts_with("/api") {
            request.header("authorization", format!("Bearer {TOKEN}"))
        } else {
            request.header("cookie", &cookie)
        };
        let answer = request.send().await.and_then(|answer| answer.error_for_status());
        let body = answer.expect("a good answer").bytes().await.expect("a whole answer");
        assert!(!body.is_empty(), "{path}");
        count += 1;
        tokio::time::sleep(PAUSE).await;
    }
    count
}

/// The path of the `number`th request.
fn path(generator: Generator, number: u64) -> String {
    let artist = generator.artist(number * 7_919 % generator.artists());
    let month = format!("{}-{:02}", 2025 + number / 7 % 20 / 12, number / 7 % 20 % 12 + 1);
    match number % 20 {
        0..8 => format!("/api/v1/report?artist={artist}&month={month}"),
        8..10 => format!("/api/v1/report?artist={artist}&from=2025-11-01&to=2026-10-31&daily=true"),
        10 => format!("/api/v1/availability?artist={artist}&month={month}"),
        11..14 => format!("/api/v1/artists?q={}", ["ka", "lo", "mira", "to"][number as usize / 20 % 4]),
        14 => format!("/api/v1/report.csv?artist={artist}&month={month}&table=tracks"),
        15 => format!("/api/v1/report.xlsx?artist={artist}&month={month}"),
        16..19 => format!("/analytics?artist={artist}&month={month}"),
        _ => "/".to_owned(),
    }
}

/// The slope of a least-squares line.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (at, value) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let rise: f64 = samples.iter().map(|sample| (sample.0 - at) * (sample.1 - value)).sum();
    rise / samples.iter().map(|sample| (sample.0 - at).powi(2)).sum::<f64>()
}
