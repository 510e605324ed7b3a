//! A test fixture: database and simulated provider.

#![allow(dead_code, reason = "every test crate uses its own part")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use music_analytics::domain::catalogue::Catalogue;
use music_analytics::domain::report::Report;
use music_analytics::domain::sync::{SyncState, SyncStatus};
use music_analytics::server::base::background::Background;
use music_analytics::server::base::clock::today;
use music_analytics::server::config::Config;
use music_analytics::server::provider::Credentials;
use music_analytics::server::reports;
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::{Knobs, Settings};
use music_analytics::server::simulator::{Simulator, serve};
use music_analytics::server::store::Db;
use music_analytics::server::store::tables::artists;
use music_analytics::server::sync::{self, Provider, Request, Started, WorkerConfig, Workers};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::catalogue::{tracks_of, truth_of};
use super::engine;
pub use super::report_spec::ReportSpec;

/// After this time a test counts as hung.
const HANG_TIMEOUT: Duration = Duration::from_secs(90);
/// A rate limit that tests never reach.
pub const FAST: u32 = 1_000_000;

/// Everything a sync needs.
pub struct Fixture {
    pub simulator: Arc<Simulator>,
    pub catalogue: Catalogue,
    pub config: Config,
    pub db: Db,
    url: String,
    directory: TempDir,
    _provider: Background,
}

/// Worker intervals as short as possible.
pub fn fast_polling() -> WorkerConfig {
    let ms = Duration::from_millis;
    WorkerConfig {
        lease: ms(5_000),
        heartbeat: ms(500),
        reap_interval: ms(100),
        poll_interval: ms(20),
        batch_window: ms(5),
        attempts: 4,
        initial_backoff: ms(5),
        max_backoff: ms(50),
        drain_timeout: ms(2_000),
        ..WorkerConfig::default()
    }
}

/// Simulator settings without limits.
pub fn free() -> Knobs {
    Knobs { per_minute: None, quota: None, ..Knobs::default() }
}

impl Fixture {
    /// A well-behaved provider and an empty database.
    pub async fn new(catalogue: Catalogue) -> Self {
        Self::with(catalogue, free()).await
    }

    pub async fn with(catalogue: Catalogue, knobs: Knobs) -> Self {
        Self::start(catalogue, Settings { extras: false, knobs, ..Settings::default() }).await
    }

    /// With faults, for example "cut@song_audience".
    pub async fn faulty(catalogue: Catalogue, faults: &[&str], knobs: Knobs) -> Self {
        let faults = faults.iter().map(|rule| rule.parse().unwrap()).collect();
        Self::with(catalogue, Knobs { faults, ..knobs }).await
    }

    pub async fn start(catalogue: Catalogue, settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = engine::new_database(directory.path()).await;
        Self::build(catalogue, settings, directory, url).await
    }

    /// With an existing database.
    pub async fn at(url: &str, catalogue: Catalogue, knobs: Knobs) -> Self {
        let settings = Settings { extras: false, knobs, ..Settings::default() };
        Self::build(catalogue, settings, tempfile::tempdir().unwrap(), url.to_owned()).await
    }

    async fn build(catalogue: Catalogue, settings: Settings, directory: TempDir, url: String) -> Self {
        music_analytics::server::base::tls::install();
        let simulator = Arc::new(Simulator::new(catalogue.clone(), settings));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = Arc::clone(&simulator);
        let provider = Background::run("provider", async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            serve(listener, serving).await.unwrap();
        });
        let mut config = Config::default();
        config.provider.base_url = Some(base.parse().unwrap());
        config.provider.credentials = Some(Credentials::sandbox());
        config.provider.max_per_minute = FAST;
        let db = Db::open(&url).await.unwrap();
        Fixture { simulator, catalogue, config, db, url, directory, _provider: provider.unwrap() }
    }

    /// The simulator's address.
    pub fn base(&self) -> String {
        self.config.provider.base_url.as_ref().unwrap().to_string().trim_end_matches('/').to_owned()
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// A second connection to the same database, like another process.
    pub async fn second_connection(&self) -> Db {
        Db::open(&self.url()).await.unwrap()
    }

    /// The provider as a new process would choose it.
    pub async fn provider(&self) -> Provider {
        Provider::choose(&self.config, &self.db).await.unwrap()
    }

    pub async fn workers(&self) -> Workers {
        self.workers_at(fast_polling()).await
    }

    pub async fn workers_at(&self, pace: WorkerConfig) -> Workers {
        Workers::start(&self.db, &self.provider().await, 2, pace).await.unwrap()
    }

    /// Adds these artists to the database, without data.
    pub async fn add_artists(&self, numbers: &[usize]) {
        let these: Vec<_> = numbers.iter().map(|number| self.catalogue.artists[*number].clone()).collect();
        let mut tx = self.db.write().await.unwrap();
        artists::put(&mut tx, &these).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Starts the sync of a request with missing data.
    pub async fn begin(&self, question: &ReportSpec) -> Uuid {
        match self.ask(&question.request()).await {
            Started::Open(id, _) => id,
            Started::NothingMissing(plan) => panic!("nothing is missing: {plan:?}"),
        }
    }

    pub async fn ask(&self, request: &Request) -> Started {
        sync::start(&self.db, &self.provider().await, request).await.unwrap()
    }

    /// Waits for the end of a sync.
    pub async fn ended(&self, id: Uuid) -> SyncStatus {
        ended(&self.db, id).await
    }

    /// Runs a sync with temporary workers.
    pub async fn run(&self, question: &ReportSpec) -> SyncStatus {
        let id = self.begin(question).await;
        self.finish(id).await
    }

    pub async fn finish(&self, id: Uuid) -> SyncStatus {
        let workers = self.workers().await;
        let status = self.ended(id).await;
        workers.stop().await;
        status
    }

    pub async fn report(&self, question: &ReportSpec) -> Report {
        reports::report(&self.db, &question.query(), today()).await.unwrap()
    }

    /// Asserts that the report is exact and equals the provider's data.
    pub async fn assert_truth(&self, question: &ReportSpec) {
        let total = self.report(question).await.summary.total.unwrap();
        let truth =
            truth_of(&self.catalogue, &tracks_of(&self.catalogue, &question.artists), question.range());
        assert_eq!((total.estimate, total.exact), (truth, true), "{question:?}: {total:?}");
    }

    /// The number of requests to the provider, without free ones.
    pub fn requests(&self) -> u64 {
        let journal = self.simulator.journal();
        journal.all.received - journal.counts_for(Endpoint::Usage).received
    }

    /// The numeric result of a query.
    pub async fn number(&self, sql: &'static str) -> i64 {
        // PostgreSQL returns sums in another type.
        let sql = sqlx::AssertSqlSafe(format!("select cast(({sql}) as bigint)"));
        sqlx::query_scalar(sql).fetch_one(&mut *self.db.read().await.unwrap()).await.unwrap()
    }
}

pub async fn ended(db: &Db, id: Uuid) -> SyncStatus {
    let mut last = None;
    until("the sync has ended", async || {
        let status = sync::status(db, id).await.unwrap();
        let is_open = status.state.is_open();
        last = Some(status);
        !is_open
    })
    .await;
    last.unwrap()
}

/// Polls until a condition holds.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + HANG_TIMEOUT;
    while !is_so().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

#[track_caller]
pub fn assert_complete(status: &SyncStatus) {
    assert_eq!((status.state, status.percent), (SyncState::Complete, 100), "{status:?}");
    assert!(status.failures.is_empty() && status.done == status.total, "{status:?}");
}
