//! Daily cleanup: deletes expired audit entries, sessions and sign-in flows.

use std::time::Duration;

use chrono::{DateTime, Months};

use super::context::Context;
use crate::server::accounts::oidc;
use crate::server::accounts::sessions::liveness_cutoff;
use crate::server::accounts::sign_in::PENDING_TTL_MS;
use crate::server::base::clock::{now, now_ms};
use crate::server::error::Error;
use crate::server::store::tables::{audit_log, pending_sign_ins, sessions, sign_in_flows};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Lock timeout, because a large import may be in progress.
const PATIENCE: Duration = Duration::from_secs(600);

/// Runs the cleanup at startup and then once a day.
pub fn start(context: &Context) {
    let context = context.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = once(&context).await {
                tracing::warn!(%error, "daily cleanup failed; retrying tomorrow");
            }
            tokio::time::sleep(DAY).await;
        }
    });
}

/// Deletes expired rows.
///
/// # Errors
/// The database failed or is busy.
pub async fn once(context: &Context) -> Result<(), Error> {
    let mut tx = context.db.write_within(PATIENCE).await?;
    audit_log::delete_old(&mut tx, months_before(now(), context.config.audit_months)).await?;
    sessions::forget_old(&mut tx, liveness_cutoff()).await?;
    pending_sign_ins::forget_old(&mut tx, now_ms() - PENDING_TTL_MS).await?;
    sign_in_flows::forget_old(&mut tx, now_ms() - oidc::FLOW_TTL_MS).await?;
    Ok(tx.commit().await?)
}

/// The time a number of months earlier, in milliseconds since 1970-01-01.
fn months_before(seconds: i64, months: u32) -> i64 {
    let then =
        DateTime::from_timestamp(seconds, 0).and_then(|time| time.checked_sub_months(Months::new(months)));
    then.map_or(0, |then| then.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::accounts::Action;
    use crate::server::accounts::Person;
    use crate::server::accounts::audit;

    #[tokio::test]
    async fn old_entries_are_forgotten() {
        let context = Context::for_tests().await;
        let mut tx = context.db.write().await.unwrap();
        for _ in 0..2 {
            audit::write(&mut tx, &Person::operator(), Action::Exported, "x").await.unwrap();
        }
        let old = months_before(now(), 12) - 1;
        let sql = "update audit_log set at = $1 where id = (select min(id) from audit_log)";
        sqlx::query(sql).bind(old).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        once(&context).await.unwrap();
        let mut tx = context.db.read().await.unwrap();
        assert_eq!(audit_log::list(&mut tx, None, "", None, 10).await.unwrap().len(), 1);
    }
}
