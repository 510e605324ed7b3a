//! Writes results: a batch is one transaction with its fetch record, the completion of its units and the progress
//! of their syncs. Units whose lease was lost are left out (the fence).

use std::collections::{HashMap, HashSet};

use super::outcome::FetchOutcome;
use super::worker_config::WorkerConfig;
use super::{persist, rounds, source};
use crate::domain::sync::FailureCause;
use crate::domain::sync::quota::QuotaLeft;
use crate::server::base::clock::{ms_from_now, now};
use crate::server::error::Error;
use crate::server::provider::{self, Recovery};
use crate::server::store::observations::artist_observations;
use crate::server::store::tables::fetched::{self, ProviderList};
use crate::server::store::tables::fetches::{self, FetchSource};
use crate::server::store::tables::units::{self, ClaimedUnit, Task, Unit, UnitKind, UnitOutcome};
use crate::server::store::tables::{meta, refusals, sync_needs};
use crate::server::store::{Conn, Db, imports};

/// A unit with its result.
#[derive(Debug)]
pub struct FinishedUnit {
    pub claimed: ClaimedUnit,
    /// Request time, in seconds since 1970-01-01.
    pub asked_at: i64,
    pub result: Result<FetchOutcome, provider::Error>,
}

/// Dependencies of writing a batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchWriter<'a> {
    pub db: &'a Db,
    pub kind: source::ProviderKind,
    pub config: &'a WorkerConfig,
    /// The known quota.
    pub quota: Option<QuotaLeft>,
}

/// Number of refusals of one kind that is taken as final.
const REFUSALS_BEFORE_STOP: u32 = 3;

/// Handles units outside the plan: after three refusals of a kind, the other units of that kind are given up
/// with the same message and skipped for a while. Returns those.
async fn stop_refused(conn: &mut Conn, task: Task, error: &provider::Error) -> Result<Vec<i64>, Error> {
    let (kind, cause) = (UnitKind::from(task), error.cause());
    if matches!(task, Task::Rankings { .. }) {
        // Here all platforms share one kind.
        return Ok(Vec::new());
    }
    if units::count_failed(conn, &kind, cause).await? < REFUSALS_BEFORE_STOP {
        return Ok(Vec::new());
    }
    refusals::put(conn, &kind, &error.to_string(), now()).await?;
    let reason = "The Soundcharts plan does not include this, as it did not include others of its kind: extend the plan, \
                  or leave it out";
    units::give_up_kind(conn, &kind, reason, cause).await
}

/// If a result covers only the first days, opens a unit for the rest.
async fn open_rest(conn: &mut Conn, finished: &FinishedUnit) -> Result<(), Error> {
    let ClaimedUnit { id, unit, .. } = &finished.claimed;
    if let Some(task) = finished.result.as_ref().ok().and_then(FetchOutcome::rest) {
        let opened = units::open(conn, &[Unit { task, label: unit.label.clone() }]).await?;
        sync_needs::put_for_same_syncs(conn, *id, &opened).await?;
    }
    Ok(())
}

impl BatchWriter<'_> {
    /// Writes a batch atomically: on failure it can be written again.
    pub async fn write(self, finished: &[FinishedUnit]) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.config.write_timeout).await?;
        let leases: Vec<(i64, i64)> = finished.iter().map(|f| (f.claimed.id, f.claimed.lease)).collect();
        let held: HashSet<i64> = units::still_leased(&mut tx, &leases).await?.into_iter().collect();
        let mine: Vec<&FinishedUnit> = finished.iter().filter(|f| held.contains(&f.claimed.id)).collect();
        if mine.is_empty() {
            return Ok(());
        }
        let warnings = self.keep(&mut tx, &mine).await?;
        let mut ended: Vec<i64> = Vec::with_capacity(mine.len());
        let mut stop = None;
        for finished in &mine {
            let ending = match (self.ending(finished), warnings.get(&finished.claimed.id)) {
                (UnitOutcome::Done(None), Some(warning)) => UnitOutcome::Done(Some(warning.clone())),
                (ending, _) => ending,
            };
            units::end(&mut tx, finished.claimed.id, &ending).await?;
            ended.push(finished.claimed.id);
            open_rest(&mut tx, finished).await?;
            match &finished.result {
                Err(error) if error.recovery() == Recovery::StopAll => {
                    stop = Some((error.to_string(), error.cause()));
                }
                Err(error) if error.cause() == FailureCause::NotInPlan => {
                    ended.extend(stop_refused(&mut tx, finished.claimed.unit.task, error).await?);
                }
                _ => {}
            }
        }
        if let Some((reason, cause)) = stop {
            ended.extend(units::give_up(&mut tx, &reason, cause).await?);
        }
        rounds::note_ended(&mut tx, &ended).await?;
        if let Some(quota) = self.quota {
            meta::put_quota(&mut tx, quota).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Gives up a unit whose result cannot be written.
    pub async fn give_up(self, claimed: &ClaimedUnit, reason: String) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.config.write_timeout).await?;
        if !units::still_leased(&mut tx, &[(claimed.id, claimed.lease)]).await?.is_empty() {
            let ending = UnitOutcome::Failed { reason, cause: FailureCause::Internal };
            units::end(&mut tx, claimed.id, &ending).await?;
            rounds::note_ended(&mut tx, &[claimed.id]).await?;
        }
        Ok(tx.commit().await?)
    }

    fn ending(self, finished: &FinishedUnit) -> UnitOutcome {
        let failed = finished.claimed.attempts + 1;
        match &finished.result {
            Ok(outcome) => UnitOutcome::Done(outcome.complaint()),
            Err(error) => match error.recovery() {
                Recovery::RetryLater(requested) if failed < self.config.attempts => {
                    let ready_at = ms_from_now(self.config.backoff(failed, requested));
                    UnitOutcome::Retry { reason: error.to_string(), ready_at }
                }
                Recovery::RetryLater(_) | Recovery::SkipThis | Recovery::StopAll => {
                    UnitOutcome::Failed { reason: error.to_string(), cause: error.cause() }
                }
            },
        }
    }

    /// Stores the result. Returns warnings by unit.
    async fn keep(self, conn: &mut Conn, finished: &[&FinishedUnit]) -> Result<HashMap<i64, String>, Error> {
        let mut warnings = HashMap::new();
        let came: Vec<(&FinishedUnit, &FetchOutcome)> =
            finished.iter().filter_map(|f| Some((*f, f.result.as_ref().ok()?))).collect();
        let Some(asked_at) = came.iter().map(|(f, _)| f.asked_at).min() else { return Ok(warnings) };
        meta::claim_as(conn, self.kind.holding()).await?;
        let detail = match &came[..] {
            [(only, _)] => only.claimed.unit.label.clone(),
            [(first, _), rest @ ..] => format!("{} and {} more", first.claimed.unit.label, rest.len()),
            [] => return Ok(warnings),
        };
        let fetch = fetches::start(conn, FetchSource::Soundcharts, &detail, asked_at).await?;
        let imports = imports::undoable(conn).await?;
        let mut news = persist::ObservationBatch::default();
        for (finished, outcome) in came {
            match outcome {
                FetchOutcome::Audience { track, platform, window, series } => {
                    let to = series.rest.map_or(window.to(), |rest| rest.from() - 1);
                    news.add(*track, *platform, (window.from(), to), series);
                }
                FetchOutcome::Artist { window, series, .. } => {
                    artist_observations::write(conn, &imports, fetch, series).await?;
                    let key = (series.artist_id, series.platform_id, series.metric);
                    fetched::put_artist(conn, key, (window.from(), window.to()), fetch).await?;
                }
                FetchOutcome::Songs { artist, songs } => {
                    persist::songs(conn, fetch, *artist, songs).await?;
                    fetched::put_list(conn, ProviderList::Songs, *artist, fetch).await?;
                }
                FetchOutcome::Details { tracks, songs } => {
                    persist::details(conn, fetch, tracks, songs).await?;
                }
                FetchOutcome::Charts { platform, charts } => {
                    persist::charts(conn, *platform, charts).await?;
                    fetched::put_list(conn, ProviderList::Charts, *platform, fetch).await?;
                }
                FetchOutcome::Platforms(platforms) => {
                    if let Some(warning) = persist::platforms(conn, platforms).await? {
                        tracing::warn!(warning, "the provider's lists of platforms");
                        warnings.insert(finished.claimed.id, warning);
                    }
                    fetched::put_list(conn, ProviderList::Platforms, 0, fetch).await?;
                }
                FetchOutcome::Rankings { chart, window, rankings } => {
                    persist::rankings(conn, fetch, *chart, rankings).await?;
                    fetched::put_chart(conn, *chart, (window.from(), window.to()), fetch).await?;
                }
            }
        }
        news.write(conn, &imports, fetch).await?;
        Ok(warnings)
    }
}
