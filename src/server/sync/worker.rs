//! A worker: claims units, queries the provider, writes the results, sends heartbeats, and reclaims units of dead
//! workers. One background loop; only the requests run concurrently.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::batch::{BatchWriter, FinishedUnit};
use super::fetch::FetchRequest;
use super::reap::{Watch, reap_expired};
use super::request::Request;
use super::rounds;
use super::source::{Provider, ProviderKind};
use super::worker_config::WorkerConfig;
use crate::domain::sync::FailureCause;
use crate::domain::time::range::range_label;
use crate::server::base::background::Background;
use crate::server::base::clock::{ms_from_now, now, now_ms};
use crate::server::error::Error;
use crate::server::provider::Client;
use crate::server::store::tables::units::{self, Claim, ClaimedUnit};
use crate::server::store::tables::{sync_needs, syncs};
use crate::server::store::{Conn, Db, WorkerLock};

/// Maximum pause after a write, whose duration may include waiting for other writers.
const MAX_WRITE_PAUSE: Duration = Duration::from_millis(250);
/// Initial delay before a failed write is retried; doubles ...
const WRITE_RETRY_INITIAL: Duration = Duration::from_millis(250);
/// ... up to this maximum.
const WRITE_RETRY_MAX: Duration = Duration::from_secs(5);
/// Failures of a batch after which its units are written one by one, to find the faulty one.
const ISOLATE_AFTER_FAILURES: u32 = 3;
/// Failures of a single unit after which it is given up.
const GIVE_UP_AFTER_FAILURES: u32 = 20;

/// The workers of this process: started with it, woken when there is work, stopped before it ends. Dropping them
/// without [`Self::stop`] aborts them.
#[derive(Debug)]
pub struct Workers {
    wake: Arc<Notify>,
    stop: watch::Sender<bool>,
    work: Option<Background>,
}

impl Workers {
    /// Starts the workers, unless sync is off or this process only serves (`at_once` is 0).
    ///
    /// # Errors
    /// The liveness lock or the thread cannot be created.
    pub async fn start(
        db: &Db,
        provider: &Provider,
        at_once: u32,
        config: WorkerConfig,
    ) -> Result<Self, Error> {
        let (stop, stopped) = watch::channel(false);
        let wake = Arc::new(Notify::new());
        // Twice the request concurrency, so that requests continue while results are written.
        let config = WorkerConfig { max_units: (provider.concurrency() * at_once * 2) as usize, ..config };
        let work = match provider.kind().filter(|_| at_once > 0) {
            None => None,
            Some(kind) => {
                let worker =
                    Worker::new(db.clone(), provider.clone(), kind, config, wake.clone(), stopped).await?;
                Some(
                    Background::run("sync", worker.run())
                        .map_err(Error::io("cannot start the sync worker"))?,
                )
            }
        };
        Ok(Workers { wake, stop, work })
    }

    /// Handle that wakes the workers.
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Stops: claims nothing more, lets requests in flight finish, releases the rest.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Some(work) = self.work
            && !work.ended().await
        {
            tracing::error!("the worker failed");
        }
    }
}

#[derive(Debug)]
pub struct Worker {
    db: Db,
    provider: Provider,
    kind: ProviderKind,
    config: WorkerConfig,
    name: String,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
    /// Liveness lock of this process.
    _lock: WorkerLock,
    /// Requests in flight.
    fetching: JoinSet<FinishedUnit>,
    handles: HashMap<i64, (i64, AbortHandle)>,
    /// Results waiting to be written, and since when.
    finished: Vec<FinishedUnit>,
    oldest_result_at: Option<Instant>,
    write_failures: u32,
    last_heartbeat: Instant,
    last_reap: Option<Watch>,
    /// Whether syncs show that the provider does not respond.
    is_silence_reported: bool,
}

/// Message of affected syncs while the provider does not respond.
const MESSAGE_NOT_RESPONDING: &str = "Soundcharts isn't responding. Retrying…";
const MESSAGE_FETCHING: &str = "Fetching from Soundcharts";

impl Worker {
    async fn new(
        db: Db,
        provider: Provider,
        kind: ProviderKind,
        config: WorkerConfig,
        wake: Arc<Notify>,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, Error> {
        let name = format!("{:016x}", fastrand::u64(..));
        let lock = db.worker_lock(&name).await?;
        Ok(Worker {
            db,
            provider,
            kind,
            config,
            name,
            wake,
            stop,
            _lock: lock,
            fetching: JoinSet::new(),
            handles: HashMap::new(),
            finished: Vec::new(),
            oldest_result_at: None,
            write_failures: 0,
            last_heartbeat: Instant::now(),
            last_reap: None,
            is_silence_reported: false,
        })
    }

    pub async fn run(mut self) {
        tracing::debug!(worker = self.name, "sync worker started");
        while !*self.stop.borrow() {
            if let Err(error) = self.run_once().await {
                tracing::warn!(%error, "sync worker failed; retrying shortly");
                sleep(self.config.poll_interval).await;
            }
        }
        self.shut_down().await;
    }

    /// One iteration: reclaim units of dead workers, start rounds, claim, wait for an event, write.
    async fn run_once(&mut self) -> Result<(), Error> {
        if self.last_reap.is_none_or(|last| last.elapsed() >= self.config.reap_interval) {
            reap_expired(&self.db, &self.config, &self.name, self.last_reap).await?;
            self.last_reap = Some(Watch::now());
        }
        if self.last_heartbeat.elapsed() >= self.config.heartbeat && !self.is_idle() {
            self.heartbeat().await?;
        }
        rounds::advance(&self.db).await?;
        self.claim().await?;
        let tick = Instant::now() + self.config.poll_interval;
        while self.finished.len() < self.config.batch_size {
            // Do not delay results longer than necessary.
            let deadline = self.oldest_result_at.map_or(tick, |since| since + self.config.batch_window);
            tokio::select! {
                biased;
                Some(ended) = self.fetching.join_next() => self.take(ended),
                _ = self.stop.changed() => break,
                () = self.wake.notified() => break,
                () = tokio::time::sleep_until(deadline) => break,
            }
            if self.fetching.is_empty() && !self.finished.is_empty() {
                break;
            }
        }
        self.abort_lost_units().await?;
        self.report_silence().await?;
        self.write().await
    }

    /// Updates the message of affected syncs when the provider stops or resumes responding.
    async fn report_silence(&mut self) -> Result<(), Error> {
        let is_silent =
            !self.fetching.is_empty() && self.provider.silent_for() >= self.config.silence_threshold;
        if is_silent == self.is_silence_reported {
            return Ok(());
        }
        let units: Vec<i64> = self.handles.keys().copied().collect();
        if !units.is_empty() {
            let mut tx = self.db.write_within(self.config.write_timeout).await?;
            for sync in sync_needs::for_units(&mut tx, &units).await? {
                syncs::begin(
                    &mut tx,
                    sync,
                    if is_silent { MESSAGE_NOT_RESPONDING } else { MESSAGE_FETCHING },
                    now_ms(),
                )
                .await?;
            }
            tx.commit().await?;
        }
        self.is_silence_reported = is_silent;
        Ok(())
    }

    fn is_idle(&self) -> bool {
        self.fetching.is_empty() && self.finished.is_empty()
    }

    fn take(&mut self, ended: Result<FinishedUnit, tokio::task::JoinError>) {
        match ended {
            Ok(finished) => {
                self.handles.remove(&finished.claimed.id);
                self.oldest_result_at.get_or_insert_with(Instant::now);
                self.finished.push(finished);
            }
            // Cancelled by us; after a panic the unit waits for the end of its lease.
            Err(error) if error.is_cancelled() => {}
            Err(error) => tracing::error!(%error, "a request to the provider panicked"),
        }
    }

    async fn heartbeat(&mut self) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.config.write_timeout).await?;
        units::extend_leases(&mut tx, &self.name, ms_from_now(self.config.lease)).await?;
        tx.commit().await?;
        self.last_heartbeat = Instant::now();
        Ok(())
    }

    /// Claims units up to the free capacity and starts their requests.
    async fn claim(&mut self) -> Result<(), Error> {
        let room = self.config.max_units.saturating_sub(self.fetching.len() + self.finished.len());
        if room < self.config.max_units.div_ceil(2) || *self.stop.borrow() {
            return Ok(());
        }
        let is_ready = |at: Option<i64>| at.is_some_and(|at| at <= now_ms());
        if !is_ready(units::next_ready(&mut *self.db.read().await?).await?) {
            return Ok(());
        }
        let client = match self.provider.client().await {
            Ok(client) => client.clone(),
            Err(error) => return self.give_up_all(&error.to_string(), FailureCause::Internal).await,
        };
        let mut tx = self.db.write_within(self.config.write_timeout).await?;
        if let Err(Error::SyncOff(reason)) = self.provider.require_usable(&mut tx).await {
            drop(tx);
            return self.give_up_all(&reason, FailureCause::Credentials).await;
        }
        let is_idle = self.is_idle();
        let until = ms_from_now(self.config.lease);
        let claim = Claim { worker: &self.name, now: now_ms(), until, most: room, is_idle };
        let claimed = units::claim(&mut tx, claim).await?;
        let Some(first) = claimed.first() else { return Ok(()) };
        self.report_progress(&mut tx, &claimed, first).await?;
        let mut requests = Vec::with_capacity(claimed.len());
        for claimed in claimed {
            requests.push((FetchRequest::resolve(&mut tx, claimed.unit.task).await?, claimed));
        }
        tx.commit().await?;
        if is_idle {
            self.last_heartbeat = Instant::now();
        }
        for (request, claimed) in requests {
            let (id, lease) = (claimed.id, claimed.lease);
            let handle = self.fetching.spawn(fetch(client.clone(), request, claimed));
            self.handles.insert(id, (lease, handle));
        }
        Ok(())
    }

    /// Updates the activity message of affected syncs.
    async fn report_progress(
        &self,
        conn: &mut Conn,
        claimed: &[ClaimedUnit],
        first: &ClaimedUnit,
    ) -> Result<(), Error> {
        let numbers: Vec<i64> = claimed.iter().map(|unit| unit.id).collect();
        for sync in sync_needs::for_units(conn, &numbers).await? {
            let Some(stored) = syncs::by_id(conn, sync).await? else { continue };
            let request = Request::from_json(&stored.request)?;
            let days = range_label(request.from, request.to);
            let message = match first.unit.task.window() {
                Some(_) => format!("Fetching {}, {days}", first.unit.label),
                None => format!("Fetching {}", first.unit.label),
            };
            syncs::begin(conn, sync, &message, now_ms()).await?;
        }
        Ok(())
    }

    /// Sets the message of all open syncs while nothing can be fetched.
    async fn give_up_all(&self, reason: &str, cause: FailureCause) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.config.write_timeout).await?;
        let units = units::give_up(&mut tx, reason, cause).await?;
        rounds::note_ended(&mut tx, &units).await?;
        Ok(tx.commit().await?)
    }

    /// Aborts requests whose leases are lost: cancelled or taken over.
    async fn abort_lost_units(&mut self) -> Result<(), Error> {
        if self.handles.is_empty() {
            return Ok(());
        }
        let held: HashMap<i64, i64> =
            units::for_worker(&mut *self.db.read().await?, &self.name).await?.into_iter().collect();
        self.handles.retain(|id, (lease, handle)| {
            let is_held = held.get(id) == Some(lease);
            if !is_held {
                handle.abort();
            }
            is_held
        });
        Ok(())
    }

    fn writer(&self) -> BatchWriter<'_> {
        BatchWriter { db: &self.db, kind: self.kind, config: &self.config, quota: self.provider.quota() }
    }

    /// Writes the results; on failure they are kept and retried. Writing takes at most half of the time, so
    /// that reports stay responsive.
    async fn write(&mut self) -> Result<(), Error> {
        if self.finished.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let written = if self.write_failures >= ISOLATE_AFTER_FAILURES && self.finished.len() > 1 {
            self.write_singly().await
        } else {
            self.writer().write(&self.finished).await
        };
        match written {
            Ok(()) => {
                self.finished.clear();
                (self.oldest_result_at, self.write_failures) = (None, 0);
                sleep(began.elapsed().min(MAX_WRITE_PAUSE)).await;
                Ok(())
            }
            Err(error) if self.finished.len() == 1 && self.write_failures >= GIVE_UP_AFTER_FAILURES => {
                tracing::error!(%error, unit = self.finished[0].claimed.unit.label, "cannot store a fetched result");
                let reason = "The result could not be stored; see the server's log for details".to_owned();
                self.writer().give_up(&self.finished[0].claimed, reason).await?;
                self.finished.clear();
                (self.oldest_result_at, self.write_failures) = (None, 0);
                Ok(())
            }
            Err(error) => {
                self.write_failures += 1;
                tracing::warn!(%error, answers = self.finished.len(), "fetched results are waiting to be stored");
                let wait =
                    WRITE_RETRY_INITIAL.saturating_mul(1 << self.write_failures.min(8)).min(WRITE_RETRY_MAX);
                sleep(wait).await;
                // Continue: a worker with pending results is alive.
                Ok(())
            }
        }
    }

    /// Writes each result separately; removes those that succeeded.
    async fn write_singly(&mut self) -> Result<(), Error> {
        let mut failed = None;
        let mut kept = Vec::new();
        for finished in std::mem::take(&mut self.finished) {
            let one = std::slice::from_ref(&finished);
            if let Err(error) = self.writer().write(one).await {
                failed = Some(error);
                kept.push(finished);
            }
        }
        self.finished = kept;
        failed.map_or(Ok(()), Err)
    }

    /// Lets requests in flight finish for a while, writes their results, releases the rest.
    async fn shut_down(mut self) {
        let until = Instant::now() + self.config.drain_timeout;
        while !self.fetching.is_empty() {
            tokio::select! {
                Some(ended) = self.fetching.join_next() => self.take(ended),
                () = tokio::time::sleep_until(until) => break,
            }
        }
        self.fetching.abort_all();
        if let Err(error) = self.writer().write(&self.finished).await {
            tracing::error!(%error, "fetched results were lost and will be fetched again");
        }
        let released = async {
            let mut tx = self.db.write().await?;
            units::release(&mut tx, &self.name).await?;
            Ok::<_, Error>(tx.commit().await?)
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "cannot release units; their leases will expire");
        }
        tracing::debug!(worker = self.name, "sync worker stopped");
    }
}

async fn fetch(client: Client, request: FetchRequest, claimed: ClaimedUnit) -> FinishedUnit {
    let asked_at = now();
    let result = request.fetch(&client).await;
    if let Err(error) = &result {
        tracing::info!(unit = claimed.unit.label, %error, "not fetched");
    }
    FinishedUnit { claimed, asked_at, result }
}
