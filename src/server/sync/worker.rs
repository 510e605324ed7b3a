//! A worker: claims units, asks the provider, writes what it answers, says that it is alive, and looks after
//! the units of workers that have gone. One loop in the background; only the requests run beside it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::batch::{Finished, Writer};
use super::fetch::FetchRequest;
use super::reap::{Watch, sweep};
use super::request::Request;
use super::rounds;
use super::source::{Kind, Provider};
use super::worker_config::Pace;
use crate::domain::sync::FailureCause;
use crate::domain::time::range::range_label;
use crate::server::base::background::Background;
use crate::server::base::clock::{ms_from_now, now, now_ms};
use crate::server::error::Error;
use crate::server::provider::Client;
use crate::server::store::tables::units::{self, Claim, Claimed};
use crate::server::store::tables::{sync_needs, syncs};
use crate::server::store::{Conn, Db, WorkerLock};

/// Maximum pause after a write, whose duration may include waiting for other writers.
const LONGEST_REST: Duration = Duration::from_millis(250);
/// Initial delay before a failed write is retried; doubles ...
const FIRST_TROUBLE: Duration = Duration::from_millis(250);
/// ... up to this maximum.
const LONGEST_TROUBLE: Duration = Duration::from_secs(5);
/// Failures of a batch after which its units are written one by one, to find the faulty one.
const SUSPICIOUS: u32 = 3;
/// Failures of a single unit after which it is given up.
const HOPELESS: u32 = 20;

/// The workers of this process: started with it, woken when there is work, stopped before it ends. Where they
/// are dropped without a stop, they end at once and without a word.
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
    pub async fn start(db: &Db, provider: &Provider, at_once: u32, pace: Pace) -> Result<Self, Error> {
        let (stop, stopped) = watch::channel(false);
        let wake = Arc::new(Notify::new());
        // Twice the request concurrency, so that requests continue while results are written.
        let pace = Pace { held: (provider.concurrency() * at_once * 2) as usize, ..pace };
        let work = match provider.kind().filter(|_| at_once > 0) {
            None => None,
            Some(kind) => {
                let worker =
                    Worker::new(db.clone(), provider.clone(), kind, pace, wake.clone(), stopped).await?;
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
    kind: Kind,
    pace: Pace,
    name: String,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
    /// Liveness lock of this process.
    _lock: WorkerLock,
    /// Requests in flight.
    fetching: JoinSet<Finished>,
    handles: HashMap<i64, (i64, AbortHandle)>,
    /// Results waiting to be written, and since when.
    finished: Vec<Finished>,
    since: Option<Instant>,
    trouble: u32,
    beaten: Instant,
    swept: Option<Instant>,
    watch: Option<Watch>,
    /// Whether syncs show that the provider does not respond.
    is_silence_told: bool,
}

/// Message of a sync while the provider does not respond, and when it does again.
const SILENT: &str = "Soundcharts isn't responding. Retrying…";
const HEARD: &str = "Fetching from Soundcharts";

impl Worker {
    async fn new(
        db: Db,
        provider: Provider,
        kind: Kind,
        pace: Pace,
        wake: Arc<Notify>,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, Error> {
        let name = format!("{:016x}", fastrand::u64(..));
        let lock = db.worker_lock(&name).await?;
        Ok(Worker {
            db,
            provider,
            kind,
            pace,
            name,
            wake,
            stop,
            _lock: lock,
            fetching: JoinSet::new(),
            handles: HashMap::new(),
            finished: Vec::new(),
            since: None,
            trouble: 0,
            beaten: Instant::now(),
            swept: None,
            watch: None,
            is_silence_told: false,
        })
    }

    /// Runs until stopped.
    pub async fn run(mut self) {
        tracing::debug!(worker = self.name, "sync worker started");
        while !*self.stop.borrow() {
            if let Err(error) = self.turn().await {
                tracing::warn!(%error, "sync worker failed; retrying shortly");
                sleep(self.pace.tick).await;
            }
        }
        self.end().await;
    }

    /// One iteration: reclaim units of dead workers, start rounds, claim, wait for an event, write.
    async fn turn(&mut self) -> Result<(), Error> {
        if self.swept.is_none_or(|at| at.elapsed() >= self.pace.sweep) {
            sweep(&self.db, &self.pace, &self.name, self.watch).await?;
            (self.swept, self.watch) = (Some(Instant::now()), Some(Watch::now()));
        }
        if self.beaten.elapsed() >= self.pace.beat && !self.is_idle() {
            self.beat().await?;
        }
        rounds::advance(&self.db).await?;
        self.claim().await?;
        let tick = Instant::now() + self.pace.tick;
        while self.finished.len() < self.pace.batch {
            // Do not delay results longer than necessary.
            let deadline = self.since.map_or(tick, |since| since + self.pace.gather);
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
        self.drop_lost().await?;
        self.tell_silence().await?;
        self.write().await
    }

    /// Updates the message of affected syncs when the provider stops or resumes responding.
    async fn tell_silence(&mut self) -> Result<(), Error> {
        let is_silent = !self.fetching.is_empty() && self.provider.silent_for() >= self.pace.silence;
        if is_silent == self.is_silence_told {
            return Ok(());
        }
        let units: Vec<i64> = self.handles.keys().copied().collect();
        if !units.is_empty() {
            let mut tx = self.db.write_within(self.pace.patience).await?;
            for sync in sync_needs::of_units(&mut tx, &units).await? {
                syncs::begin(&mut tx, sync, if is_silent { SILENT } else { HEARD }, now_ms()).await?;
            }
            tx.commit().await?;
        }
        self.is_silence_told = is_silent;
        Ok(())
    }

    fn is_idle(&self) -> bool {
        self.fetching.is_empty() && self.finished.is_empty()
    }

    fn take(&mut self, ended: Result<Finished, tokio::task::JoinError>) {
        match ended {
            Ok(finished) => {
                self.handles.remove(&finished.claimed.id);
                self.since.get_or_insert_with(Instant::now);
                self.finished.push(finished);
            }
            // Cancelled by us; after a panic the unit waits for the end of its lease.
            Err(error) if error.is_cancelled() => {}
            Err(error) => tracing::error!(%error, "a request to the provider panicked"),
        }
    }

    async fn beat(&mut self) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.pace.patience).await?;
        units::extend(&mut tx, &self.name, ms_from_now(self.pace.lease)).await?;
        tx.commit().await?;
        self.beaten = Instant::now();
        Ok(())
    }

    /// Claims units up to the free capacity and starts their requests.
    async fn claim(&mut self) -> Result<(), Error> {
        let room = self.pace.held.saturating_sub(self.fetching.len() + self.finished.len());
        if room < self.pace.held.div_ceil(2) || *self.stop.borrow() {
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
        let mut tx = self.db.write_within(self.pace.patience).await?;
        if let Err(Error::SyncOff(reason)) = self.provider.usable(&mut tx).await {
            drop(tx);
            return self.give_up_all(&reason, FailureCause::Credentials).await;
        }
        let is_idle = self.is_idle();
        let until = ms_from_now(self.pace.lease);
        let claim = Claim { worker: &self.name, now: now_ms(), until, most: room, is_idle };
        let claimed = units::claim(&mut tx, claim).await?;
        let Some(first) = claimed.first() else { return Ok(()) };
        self.say(&mut tx, &claimed, first).await?;
        let mut requests = Vec::with_capacity(claimed.len());
        for claimed in claimed {
            requests.push((FetchRequest::resolve(&mut tx, claimed.unit.task).await?, claimed));
        }
        tx.commit().await?;
        if is_idle {
            self.beaten = Instant::now();
        }
        for (request, claimed) in requests {
            let (id, lease) = (claimed.id, claimed.lease);
            let handle = self.fetching.spawn(fetch(client.clone(), request, claimed));
            self.handles.insert(id, (lease, handle));
        }
        Ok(())
    }

    /// Updates the activity message of affected syncs.
    async fn say(&self, conn: &mut Conn, claimed: &[Claimed], first: &Claimed) -> Result<(), Error> {
        let numbers: Vec<i64> = claimed.iter().map(|unit| unit.id).collect();
        for sync in sync_needs::of_units(conn, &numbers).await? {
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
        let mut tx = self.db.write_within(self.pace.patience).await?;
        let units = units::give_up(&mut tx, reason, cause).await?;
        rounds::note_ended(&mut tx, &units).await?;
        Ok(tx.commit().await?)
    }

    /// Aborts requests whose leases are lost: cancelled or taken over.
    async fn drop_lost(&mut self) -> Result<(), Error> {
        if self.handles.is_empty() {
            return Ok(());
        }
        let held: HashMap<i64, i64> =
            units::of_worker(&mut *self.db.read().await?, &self.name).await?.into_iter().collect();
        self.handles.retain(|id, (lease, handle)| {
            let is_held = held.get(id) == Some(lease);
            if !is_held {
                handle.abort();
            }
            is_held
        });
        Ok(())
    }

    fn writer(&self) -> Writer<'_> {
        Writer { db: &self.db, kind: self.kind, pace: &self.pace, quota: self.provider.quota() }
    }

    /// Writes the results; on failure they are kept and retried. Writing takes at most half of the time, so
    /// that reports stay responsive.
    async fn write(&mut self) -> Result<(), Error> {
        if self.finished.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let written = if self.trouble >= SUSPICIOUS && self.finished.len() > 1 {
            self.write_singly().await
        } else {
            self.writer().write(&self.finished).await
        };
        match written {
            Ok(()) => {
                self.finished.clear();
                (self.since, self.trouble) = (None, 0);
                sleep(began.elapsed().min(LONGEST_REST)).await;
                Ok(())
            }
            Err(error) if self.finished.len() == 1 && self.trouble >= HOPELESS => {
                tracing::error!(%error, unit = self.finished[0].claimed.unit.label, "cannot store a fetched result");
                let reason = "The result could not be stored; see the server's log for details".to_owned();
                self.writer().give_up(&self.finished[0].claimed, reason).await?;
                self.finished.clear();
                (self.since, self.trouble) = (None, 0);
                Ok(())
            }
            Err(error) => {
                self.trouble += 1;
                tracing::warn!(%error, answers = self.finished.len(), "fetched results are waiting to be stored");
                let wait = FIRST_TROUBLE.saturating_mul(1 << self.trouble.min(8)).min(LONGEST_TROUBLE);
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
    async fn end(mut self) {
        let until = Instant::now() + self.pace.drain;
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

async fn fetch(client: Client, request: FetchRequest, claimed: Claimed) -> Finished {
    let asked_at = now();
    let result = request.fetch(&client).await;
    if let Err(error) = &result {
        tracing::info!(unit = claimed.unit.label, %error, "not fetched");
    }
    Finished { claimed, asked_at, result }
}
