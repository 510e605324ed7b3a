//! Takes the units of workers that have gone: at once where the operating system, or the database's server, says that
//! their process has ended, else when their lease has run out.

use std::time::Instant;

use super::pace::Pace;
use super::rounds;
use crate::server::clock::{ms_from_now, now_ms};
use crate::server::db::{Db, units};
use crate::server::error::Error;

/// Looks for workers other than `me` that have gone.
pub async fn sweep(db: &Db, pace: &Pace, me: &str) -> Result<(), Error> {
    let holders = units::holders(&mut *db.read().await?).await?;
    let others: Vec<(String, i64)> = holders.into_iter().filter(|(worker, _)| worker != me).collect();
    for (worker, until) in others {
        let has_ended = db.has_gone(&worker).await?;
        if !has_ended && until > now_ms() {
            continue;
        }
        let began = Instant::now();
        let mut tx = db.write_within(pace.patience).await?;
        if !has_ended && began.elapsed() > pace.tick {
            // Somebody else wrote for long: the worker had no chance to say that it is alive.
            continue;
        }
        let is_over =
            |(holder, until): &(String, i64)| *holder == worker && (has_ended || *until <= now_ms());
        if !units::holders(&mut tx).await?.iter().any(is_over) {
            continue;
        }
        tracing::warn!(worker, has_ended, "a worker has gone: its units are taken");
        let given_up = units::take_from(&mut tx, &worker, ms_from_now(pace.first_wait)).await?;
        rounds::note_ended(&mut tx, &given_up).await?;
        tx.commit().await?;
    }
    Ok(())
}
