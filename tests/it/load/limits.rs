//! Everything that a caller can occupy, occupied by thousands of clients at once.
//!
//! Connections from loopback addresses have no limit per address, like those from proxies, so all of these are
//! held. Accounts have limits, so readers and streams are spread over as many accounts as necessary.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::accounts::Person;
use music_analytics::server::accounts::tokens::{self, NewToken};
use music_analytics::server::base::clock::now_ms;
use music_analytics::server::base::secret;
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::store::tables::users::{self, User};
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::time::{Instant, sleep};

use super::catalogue::{artist, made, months};
use super::crowd::{Count, Crowd};
use super::files;
use super::process::{Process, start_sync};
use super::signed_in;
use super::support::{Fixture, ReportSpec, free, until};

const SILENT: usize = 4_000;
const SLOW_BODIES: usize = 128;
const NOT_READING: usize = 100;
const STREAMS: usize = 1_000;
/// Half of them send slowly, half of them read slowly.
const SLOW: usize = 200;

/// Slightly fewer than the concurrent requests allowed per account.
const READERS_OF_ONE: usize = 20;
/// Event streams allowed per account.
const STREAMS_OF_ONE: usize = 32;
/// Open files of this process and of the server: all connections, and a margin.
const FILES: u64 = 9_000;

/// How much longer other users may wait meanwhile.
const AIM: f64 = 2.0;
/// The test fails beyond this multiple of the goal.
const WRONG: f64 = 3.0;
/// Maximum memory of the server, in MB.
const MEMORY: u64 = 600;

const ARTISTS: usize = 40;
const TRACKS: usize = if cfg!(debug_assertions) { 15 } else { 50 };
/// Readers request distinct reports, so that nothing is shared; too slow in a build without optimization.
const DISTINCT: usize = if cfg!(debug_assertions) { 5 } else { NOT_READING };
/// Minimum tenths of a kind that are connected at a time: disconnected ones are reconnecting.
const THERE: usize = if cfg!(debug_assertions) { 5 } else { 9 };
/// Time until all are connected.
const COMING: Duration = Duration::from_secs(if cfg!(debug_assertions) { 90 } else { 20 });

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(debug_assertions, ignore = "a build without optimisation is too slow for so many clients")]
async fn thousands_who_take_what_they_can_get_slow_nobody_down() {
    if !allow_open_files() {
        return;
    }
    let (world, big) = filled().await;
    let process = Process::serve_with(&world, &[("MUSIC_ANALYTICS_API_PER_MINUTE", "0")]);
    let base = process.address().await;
    until("there is an admin", async || process.stderr_text().contains("created the first admin")).await;
    let accounts = NOT_READING.div_ceil(READERS_OF_ONE).max(STREAMS.div_ceil(STREAMS_OF_ONE));
    let mut tokens = tokens_of(&world, accounts + 1).await;
    let token = tokens.pop().unwrap();
    let server: SocketAddr = base.trim_start_matches("http://").parse().unwrap();
    let sync = start_sync(&base, &ReportSpec::month(&[0, 1, 2, 3])).await;

    let month = months()[0];
    let small = format!("/api/v1/report?artist={}&month={month}", artist(ARTISTS - 1));
    let others = Others { base: base.clone(), report: small, token };
    let (idle, at_rest) = (others.ask(Duration::from_secs(4)).await, memory(&process).0);

    let mut crowd = Crowd::of(server);
    let silent = crowd.add(SILENT, |_, client| client.silent());
    let bodies = crowd.add(SLOW_BODIES, |_, client| client.slow_body());
    let heads = crowd.add(SLOW / 2, |_, client| client.slow_head());
    let (events, seen) = (Arc::<AtomicUsize>::default(), tokens.clone());
    let counted = Arc::clone(&events);
    let streams = crowd.add(STREAMS, move |number, client| {
        let token = seen[number / STREAMS_OF_ONE].clone();
        client.watching(sync.clone(), token, Arc::clone(&counted))
    });
    let seen = tokens.clone();
    let slow = crowd.add(SLOW / 2, |_, client| client.slow_reader());
    let unread = crowd.add(NOT_READING, move |number, client| {
        client.not_reading(big(number % DISTINCT), seen[number / READERS_OF_ONE].clone())
    });
    let kinds: [(&str, &Arc<Count>, usize); 6] = [
        ("silent", &silent, SILENT),
        ("slow bodies", &bodies, SLOW_BODIES),
        ("slow heads", &heads, SLOW / 2),
        ("slow readers", &slow, SLOW / 2),
        ("not reading", &unread, NOT_READING),
        ("streams", &streams, STREAMS),
    ];
    let deadline = Instant::now() + COMING;
    while kinds.iter().any(|(_, count, of)| count.held() * 10 < of * THERE) && Instant::now() < deadline {
        sleep(Duration::from_millis(50)).await;
    }
    for (what, count, of) in &kinds {
        println!("{what}: {} of {of} held, {} turned away", count.held(), count.refused());
        assert!(count.held() * 10 >= of * THERE, "{what}: {} of {of}", count.held());
    }
    let told = events.load(Ordering::Relaxed);
    let meanwhile = others.ask(Duration::from_secs(12)).await;
    let told = events.load(Ordering::Relaxed) - told;
    for (what, count, _) in &kinds {
        println!("{what}: {} held, {} turned away", count.held(), count.refused());
    }
    let (_, peak) = memory(&process);
    drop(crowd);

    let [report, page] = [0, 1].map(|which| meanwhile[which].as_secs_f64() / idle[which].as_secs_f64());
    println!(
        "figure: beside {SILENT} silent connections, {SLOW_BODIES} slow bodies, {NOT_READING} who do not read, {STREAMS} \
         streams with {told} events and {SLOW} slow clients: p95 of a report {:?}, {report:.1} times the idle one, of a page \
         on a new connection {:?}, {page:.1} times; memory {at_rest} MB at rest, {peak} MB at most",
        meanwhile[0], meanwhile[1]
    );
    assert!(told > STREAMS, "streams go on: {told} events");
    assert!(report < AIM * WRONG && page < AIM * WRONG, "{report} and {page} times");
    assert!(peak < MEMORY, "{peak} MB");
    let client = signed_in::anonymous().build().unwrap();
    until("it is ready once they have gone", async || {
        client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    assert!(!process.stderr_text().contains("panicked"), "{}", process.stderr_text());
}

/// Raises the open-file limit of this process, which the server inherits.
fn allow_open_files() -> bool {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.maximum.is_some_and(|most| most < FILES) {
        println!(
            "figure: SKIPPED: the system allows {limit:?} open files, and {FILES} are needed (ulimit -Hn)"
        );
        return false;
    }
    if limit.current.is_some_and(|current| current < FILES) {
        limit.current = limit.maximum;
        setrlimit(Resource::Nofile, limit).unwrap();
    }
    true
}

/// A fixture with a slow provider, so that a sync runs as long as the test, and a catalogue with large reports.
/// Returns the paths of distinct large reports.
async fn filled() -> (Fixture, impl Fn(usize) -> String + Clone + Send + 'static) {
    let [month, last] = months();
    let mut catalogue = made(ARTISTS, TRACKS);
    let first = month.first() - 40;
    for line in &mut catalogue.observations {
        line.observations.retain(|observation| observation.day >= first);
    }
    let world = Fixture::with(catalogue.clone(), Knobs { latency_ms: 1_500, ..free() }).await;
    for line in &mut catalogue.observations {
        line.observations.retain(|observation| [month.first(), last.last()].contains(&observation.day));
    }
    catalogue.artist_observations.clear();
    let mut arguments = vec!["import".to_owned()];
    let files = files::write(&catalogue, world.directory());
    arguments.extend(files[..4].iter().map(|file| file.display().to_string()));
    Process::start(&world, &arguments).succeeds(Duration::from_secs(60)).await;
    let (from, to) = (month.first() - 200, last.last());
    let big = move |number: usize| {
        let all = (0..ARTISTS).filter(|other| *other != number % ARTISTS);
        let artists: Vec<String> = all.map(|number| format!("artist={}", artist(number))).collect();
        let from = from + i32::try_from(number / ARTISTS).unwrap();
        format!("/api/v1/report?{}&from={from}&to={to}", artists.join("&"))
    };
    (world, big)
}

/// One token for each of several accounts, without sign-in, because hashing passwords is slow.
async fn tokens_of(world: &Fixture, accounts: usize) -> Vec<String> {
    let by = Person::operator();
    let mut made = Vec::new();
    for number in 0..accounts {
        let user = User {
            id: secret::id(),
            email: format!("{number}@example.com"),
            role: Role::Viewer,
            password_hash: Some("no hash".to_owned()),
            is_disabled: false,
            created_at: now_ms(),
            signed_in_at: None,
            password_ends_at: None,
        };
        let mut tx = world.db.write().await.unwrap();
        users::add(&mut tx, &user).await.unwrap();
        tx.commit().await.unwrap();
        let new = NewToken { name: "of the tests".to_owned(), scope: Right::Read, days: None };
        made.push(tokens::create(&world.db, &by, &user, new).await.unwrap());
    }
    made
}

/// Normal users with an address of their own.
struct Others {
    base: String,
    report: String,
    token: String,
}

impl Others {
    /// For `lasting`, requests a report on one connection and a public page on a new connection each time; returns
    /// the p95 of both.
    async fn ask(&self, lasting: Duration) -> [Duration; 2] {
        let bearing =
            HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {}", self.token).parse().unwrap())]);
        let report = (from("127.200.0.1", 1, bearing), format!("{}{}", self.base, self.report));
        let page = (from("127.200.0.2", 0, HeaderMap::new()), format!("{}/sign-in", self.base));
        let mut times = [const { Vec::new() }; 2];
        let until = Instant::now() + lasting;
        while Instant::now() < until {
            for (times, (client, url)) in times.iter_mut().zip([&report, &page]) {
                let began = Instant::now();
                let answer = client.get(url).send().await.unwrap();
                assert_eq!(answer.status(), 200, "{url}");
                answer.bytes().await.unwrap();
                times.push(began.elapsed());
                sleep(Duration::from_millis(5)).await;
            }
        }
        times.map(|mut times| {
            times.sort_unstable();
            times[times.len() * 95 / 100]
        })
    }
}

/// A client at an address that keeps this many connections.
fn from(address: &str, kept: usize, headers: HeaderMap) -> Client {
    let client =
        signed_in::anonymous().local_address(address.parse::<IpAddr>().unwrap()).default_headers(headers);
    client.pool_max_idle_per_host(kept).build().unwrap()
}

/// Current and peak memory of a process, in MB.
fn memory(process: &Process) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap() / 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}
