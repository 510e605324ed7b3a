//! Rounds of a sync: when all its units are complete, plans what is still missing with the songs and days
//! known by then, or completes the sync.

use uuid::Uuid;

use super::catalogue_snapshot::CatalogueSnapshot;
use super::planner::{Plan, PlanInput, plan_units};
use super::request::Request;
use crate::domain::sync::{CauseCount, FailureCause, SyncState, causes_text};
use crate::domain::text::format::pluralize;
use crate::server::base::clock::{now_ms, today};
use crate::server::error::Error;
use crate::server::store::tables::failed_series;
use crate::server::store::tables::sync_needs::{self, UnitCounts};
use crate::server::store::tables::syncs::{self, Progress, StoredSync};
use crate::server::store::tables::units::{self, Task};
use crate::server::store::{Conn, Db};

/// Upper bound on rounds: songs, days, days further away.
const MAX_ROUNDS: u32 = 8;
/// Estimated units per artist whose songs are not listed yet, so that the percentage does not fall.
const ESTIMATED_UNITS_PER_ARTIST: u32 = 100;

/// Updates the progress of open syncs that need any of these units.
pub async fn note_ended(conn: &mut Conn, units: &[i64]) -> Result<(), Error> {
    failed_series::record(conn, units).await?;
    for sync in sync_needs::for_units(conn, units).await? {
        note_progress(conn, sync).await?;
    }
    Ok(())
}

/// Updates the progress of a sync.
async fn note_progress(conn: &mut Conn, sync: Uuid) -> Result<(), Error> {
    let tally = sync_needs::tally(conn, sync).await?;
    syncs::progress(conn, sync, progress(tally)).await
}

fn progress(tally: UnitCounts) -> Progress {
    let expected = tally.total() + tally.open_songs * ESTIMATED_UNITS_PER_ARTIST;
    let percent = u64::from(tally.ended()) * 100 / u64::from(expected.max(1));
    Progress {
        done: tally.ended(),
        total: tally.total(),
        percent: u32::try_from(percent).unwrap_or(99).min(99),
    }
}

/// Starts the next round of every due sync, or completes it.
pub async fn advance(db: &Db) -> Result<(), Error> {
    let due = syncs::due(&mut *db.read().await?).await?;
    for sync in due {
        let mut tx = db.write().await?;
        let Some(stored) = syncs::by_id(&mut tx, sync).await? else { continue };
        if stored.state.is_open() && sync_needs::tally(&mut tx, sync).await?.open == 0 {
            next(&mut tx, &stored).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Opens the units of a plan for a sync.
pub async fn open(conn: &mut Conn, sync: Uuid, plan: &Plan) -> Result<(), Error> {
    let mut needs = units::open(conn, &plan.units).await?;
    needs.extend(&plan.shared);
    sync_needs::put(conn, sync, &needs).await?;
    syncs::next_round(conn, sync).await?;
    note_progress(conn, sync).await
}

/// Plans the next round of a sync without open units, or completes it.
pub async fn next(conn: &mut Conn, sync: &StoredSync) -> Result<(), Error> {
    let request = Request::from_json(&sync.request)?;
    let tally = sync_needs::tally(conn, sync.id).await?;
    let given_up: Vec<Task> = units::given_up(conn, sync.id).await?;
    let question = PlanInput {
        request: &request,
        today: today(),
        since: request.refresh.then_some(sync.created_at / 1000),
        given_up: &given_up,
    };
    let stock = CatalogueSnapshot::read(conn, &request.artists).await?;
    let plan = match plan_units(conn, &stock, question).await {
        Ok(plan) => plan,
        Err(Error::Invalid(errors)) => {
            let message = Error::Invalid(errors).to_string();
            return syncs::end(conn, sync.id, SyncState::Failed, &message, now_ms()).await.map(drop);
        }
        Err(error) => return Err(error),
    };
    let asked = tally.total();
    let limit = request.most_requests.filter(|most| asked > 0 && asked + plan.summary.requests > *most);
    if let (Some(most), false) = (limit, plan.is_empty()) {
        let message = format!(
            "More is missing than was known before: {} more questions to the provider. A sync that starts by itself ends \
             at {most}; start it again to fetch the rest",
            plan.summary.requests
        );
        return syncs::end(conn, sync.id, SyncState::Partial, &message, now_ms()).await.map(drop);
    }
    if !plan.is_empty() && sync.round < MAX_ROUNDS {
        return open(conn, sync.id, &plan).await;
    }
    let causes = sync_needs::causes(conn, sync.id).await?;
    let left = NotTried { planned: plan.units.len() + plan.shared.len(), refused: plan.refused };
    let (state, message) = final_state(tally, &causes, left);
    note_progress(conn, sync.id).await?;
    syncs::end(conn, sync.id, state, &message, now_ms()).await.map(drop)
}

/// Missing work at the end of a sync.
#[derive(Debug, Clone, Copy, Default)]
struct NotTried {
    /// Units beyond the last round.
    planned: usize,
    /// Series skipped because the provider refused their kind.
    refused: u32,
}

/// How a sync ended.
fn final_state(tally: UnitCounts, causes: &[CauseCount], left: NotTried) -> (SyncState, String) {
    let missed = tally.failed + tally.cancelled;
    let refused = (left.refused > 0)
        .then(|| causes_text(&[CauseCount { cause: FailureCause::NotInPlan, count: left.refused }]));
    let more = [
        (!causes.is_empty()).then(|| causes_text(causes)),
        refused.map(|text| format!("Skipped: {text}")),
        (left.planned > 0).then(|| format!("{} are still missing: start the sync again", left.planned)),
        (tally.complaints > 0).then(|| {
            format!(
                "Some values of {} were invalid and skipped",
                pluralize(tally.complaints as usize, "answer")
            )
        }),
    ];
    let more: String = more.into_iter().flatten().map(|text| format!(". {text}")).collect();
    let is_whole = left.planned == 0 && left.refused == 0;
    match (missed, tally.done) {
        (0, _) if tally.complaints == 0 && is_whole => (SyncState::Complete, "All data fetched".to_owned()),
        (0, _) => (SyncState::Partial, format!("All requests succeeded{more}")),
        (_, 0) => (SyncState::Failed, format!("No data could be fetched{more}")),
        (_, _) => {
            let total = tally.total();
            (SyncState::Partial, format!("{missed} of {total} series and lists failed{more}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_leave_room_for_songs() {
        let tally = UnitCounts { open: 1, open_songs: 1, done: 9, ..UnitCounts::default() };
        assert_eq!(progress(tally), Progress { done: 9, total: 10, percent: 8 });
        let tally = UnitCounts { done: 10, ..UnitCounts::default() };
        assert_eq!(progress(tally).percent, 99, "100 is the end");
        assert_eq!(progress(UnitCounts::default()).percent, 0);
    }

    #[test]
    fn verdicts() {
        let tally =
            |done, failed, complaints| UnitCounts { done, failed, complaints, ..UnitCounts::default() };
        let state = |tally, left| final_state(tally, &[], left).0;
        let none = NotTried::default();
        assert_eq!(state(tally(3, 0, 0), none), SyncState::Complete);
        assert_eq!(state(tally(3, 1, 0), none), SyncState::Partial);
        assert_eq!(state(tally(3, 0, 1), none), SyncState::Partial);
        assert_eq!(state(tally(0, 3, 0), none), SyncState::Failed);
        assert_eq!(
            state(tally(3, 0, 0), NotTried { planned: 1, ..none }),
            SyncState::Partial,
            "no round is left"
        );
        assert_eq!(state(tally(3, 0, 0), NotTried { refused: 1, ..none }), SyncState::Partial);
        let causes = [CauseCount { cause: FailureCause::NotInPlan, count: 23 }];
        let (_, message) = final_state(tally(66, 23, 0), &causes, none);
        assert_eq!(message, "23 of 89 series and lists failed. Not in your plan: 23 series");
    }
}
