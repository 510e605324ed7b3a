//! Progress of syncs.

use uuid::Uuid;

use super::request::Request;
use crate::domain::ArtistId;
use crate::domain::sync::{SyncState, SyncStatus};
use crate::server::base::clock::{now_ms, rfc3339};
use crate::server::error::Error;
use crate::server::store::tables::syncs::{self, StoredSync};
use crate::server::store::tables::{artists, sync_needs};
use crate::server::store::{Conn, Db};

/// Minimum completed units before an estimate is shown.
const ETA_MIN_UNITS: u32 = 5;

/// Progress of a sync.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn status(db: &Db, id: Uuid) -> Result<SyncStatus, Error> {
    let mut tx = db.read().await?;
    let stored = syncs::by_id(&mut tx, id).await?;
    let stored = stored.ok_or_else(|| Error::NotFound { what: "sync", id: id.to_string() })?;
    to_status(&mut tx, stored).await
}

/// The newest sync of a request; `None` if never requested.
pub async fn for_request(conn: &mut Conn, request: &Request) -> Result<Option<SyncStatus>, Error> {
    match syncs::find_newest(conn, &request.key()).await? {
        Some(stored) => Ok(Some(to_status(conn, stored).await?)),
        None => Ok(None),
    }
}

/// A page of syncs, newest first, optionally of one state, and the cursor of the next page.
pub async fn list(
    conn: &mut Conn,
    state: Option<SyncState>,
    after: Option<Uuid>,
    limit: u32,
) -> Result<(Vec<SyncStatus>, Option<Uuid>), Error> {
    let mut stored = syncs::list(conn, state, after, limit + 1).await?;
    let has_more = stored.len() > limit as usize;
    stored.truncate(limit as usize);
    let next = stored.last().filter(|_| has_more).map(|last| last.id);
    let mut all = Vec::with_capacity(stored.len());
    for sync in stored {
        all.push(to_status(conn, sync).await?);
    }
    Ok((all, next))
}

async fn to_status(conn: &mut Conn, stored: StoredSync) -> Result<SyncStatus, Error> {
    let request = Request::from_json(&stored.request)?;
    let mut names: Vec<String> = artists::by_ids(conn, &known(&request.artists))
        .await?
        .into_iter()
        .map(|stored| stored.artist.name)
        .collect();
    names.sort_unstable();
    let failures = sync_needs::failures(conn, stored.id).await?;
    let causes = sync_needs::causes(conn, stored.id).await?;
    Ok(SyncStatus {
        id: stored.id,
        eta_seconds: eta(&stored, now_ms()),
        state: stored.state,
        done: stored.done,
        total: stored.total,
        percent: stored.percent,
        message: stored.message,
        failures,
        causes,
        artists: names,
        from: request.from,
        to: request.to,
        country: request.country,
        created_at: rfc3339(stored.created_at / 1000),
        finished_at: stored.finished_at.map(|at| rfc3339(at / 1000)),
    })
}

fn known(artists: &[ArtistId]) -> Vec<ArtistId> {
    artists.iter().copied().filter(|id| id.uuid().is_some()).collect()
}

/// Estimated remaining seconds, extrapolated from the percentage, which includes units to come.
fn eta(stored: &StoredSync, now: i64) -> Option<u32> {
    let started = stored.started_at.filter(|_| stored.state.is_open() && stored.done >= ETA_MIN_UNITS)?;
    let percent = i64::from(stored.percent).max(1);
    let left = (now - started).max(0) * (100 - percent) / percent;
    u32::try_from((left + 999) / 1000).ok()
}
