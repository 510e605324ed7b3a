//! User actions on syncs: preview the plan, start, cancel, retry.

use uuid::Uuid;

use super::catalogue_snapshot::CatalogueSnapshot;
use super::planner::{Plan, PlanInput, plan_units};
use super::request::Request;
use super::rounds;
use super::source::Provider;
use crate::domain::Day;
use crate::domain::sync::{SyncPlan, SyncState};
use crate::server::base::clock::{now_ms, today};
use crate::server::error::Error;
use crate::server::store::read_model::ReadModel;
use crate::server::store::tables::{refusals, sync_needs, syncs};
use crate::server::store::{Conn, Db};

/// Result of starting a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// Nothing is missing.
    NothingMissing(SyncPlan),
    /// The sync, new or already open.
    Open(Uuid, SyncPlan),
}

/// Previews a sync; `None` if sync is off.
///
/// # Errors
/// [`Error::Invalid`] if the request names something unknown.
pub async fn plan(
    state: &mut ReadModel<'_>,
    provider: &Provider,
    request: &Request,
    today: Day,
) -> Result<Option<SyncPlan>, Error> {
    match provider.require_usable(state.conn().await?).await {
        Ok(_) => {
            let stock = CatalogueSnapshot::from_read_model(state, &request.artists).await?;
            Ok(Some(plan_now(state.conn().await?, &stock, provider, request, today).await?.summary))
        }
        Err(Error::SyncOff(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn plan_now(
    conn: &mut Conn,
    stock: &CatalogueSnapshot,
    provider: &Provider,
    request: &Request,
    today: Day,
) -> Result<Plan, Error> {
    let since = request.refresh.then_some(now_ms() / 1000);
    let mut plan = plan_units(conn, stock, PlanInput { request, today, since, given_up: &[] }).await?;
    plan.summary.quota_left = provider.quota_left(conn).await?;
    plan.summary.estimated_seconds = (f64::from(plan.summary.requests) / provider.per_second()).ceil() as u32;
    Ok(plan)
}

/// Starts a sync, unless nothing is missing or the same one is open.
///
/// # Errors
/// [`Error::SyncOff`]; [`Error::Invalid`] if the request names something unknown; [`Error::Busy`].
pub async fn start(db: &Db, provider: &Provider, request: &Request) -> Result<Started, Error> {
    let key = request.key();
    {
        let mut tx = db.read().await?;
        provider.require_usable(&mut tx).await?;
        if let Some(open) = syncs::find_open(&mut tx, &key).await? {
            let stock = CatalogueSnapshot::read(&mut tx, &request.artists).await?;
            let plan = plan_now(&mut tx, &stock, provider, request, today()).await?;
            return Ok(Started::Open(open.id, plan.summary));
        }
    }
    let mut tx = db.write().await?;
    let stock = CatalogueSnapshot::read(&mut tx, &request.artists).await?;
    let plan = plan_now(&mut tx, &stock, provider, request, today()).await?;
    if let Some(open) = syncs::find_open(&mut tx, &key).await? {
        return Ok(Started::Open(open.id, plan.summary));
    }
    if plan.is_empty() {
        return Ok(Started::NothingMissing(plan.summary));
    }
    let id = new_id();
    syncs::put(&mut tx, id, &key, &request.to_json(), now_ms()).await?;
    rounds::open(&mut tx, id, &plan).await?;
    tx.commit().await?;
    Ok(Started::Open(id, plan.summary))
}

fn new_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid()
}

/// Cancels a sync. Units needed by another sync continue; fetched data stays. A completed sync is unchanged.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Busy`].
pub async fn cancel(db: &Db, id: Uuid) -> Result<(), Error> {
    let mut tx = db.write().await?;
    if syncs::by_id(&mut tx, id).await?.is_none() {
        return Err(not_found(id));
    }
    let message = "Cancelled; what was fetched by then is kept";
    if syncs::end(&mut tx, id, SyncState::Cancelled, message, now_ms()).await? {
        sync_needs::cancel(&mut tx, id).await?;
    }
    Ok(tx.commit().await?)
}

/// Retries the failed and cancelled units of a sync. Returns the sync that does so: the same, or an open one
/// with an equal request.
///
/// # Errors
/// [`Error::NotFound`], [`Error::SyncOff`], [`Error::Busy`].
pub async fn retry(db: &Db, provider: &Provider, id: Uuid) -> Result<Uuid, Error> {
    let mut tx = db.write().await?;
    provider.require_usable(&mut tx).await?;
    let stored = syncs::by_id(&mut tx, id).await?.ok_or_else(|| not_found(id))?;
    if !stored.state.can_be_retried() {
        return Ok(id);
    }
    let mut request = Request::from_json(&stored.request)?;
    if let Some(open) = syncs::find_open(&mut tx, &request.key()).await? {
        return Ok(open.id);
    }
    provider.allow_recheck();
    refusals::forget(&mut tx).await?;
    // A manual retry has no request limit.
    request.most_requests = None;
    sync_needs::forget_failed(&mut tx, id).await?;
    syncs::reopen(&mut tx, id, &request.to_json()).await?;
    if let Some(stored) = syncs::by_id(&mut tx, id).await? {
        rounds::next(&mut tx, &stored).await?;
    }
    tx.commit().await?;
    Ok(id)
}

fn not_found(id: Uuid) -> Error {
    Error::NotFound { what: "sync", id: id.to_string() }
}
