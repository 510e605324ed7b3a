//! Reclaims units of dead workers: at once when the operating system or database server reports the end of
//! the process, otherwise when the lease expires.

use std::time::{Duration, Instant};

use super::rounds;
use super::worker_config::{LONGEST, WorkerConfig};
use crate::server::base::clock::{ms_from_now, now_ms};
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::tables::units::{self, Latest};

/// Tolerated clock difference between instances, added to the lease.
const LEEWAY: i64 = 30_000;

/// Compares the clock with elapsed time, to detect that it was set forward.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    at: Instant,
    ms: i64,
}

impl Watch {
    pub fn now() -> Self {
        Watch { at: Instant::now(), ms: now_ms() }
    }

    pub fn elapsed(self) -> Duration {
        self.at.elapsed()
    }

    /// How much more the clock has advanced than the time that has passed, in milliseconds.
    fn drift(self, passed: Duration, now: i64) -> i64 {
        now - self.ms - milliseconds(passed)
    }

    fn has_jumped(self, config: &WorkerConfig) -> bool {
        self.drift(self.elapsed(), now_ms()) > milliseconds(config.heartbeat)
    }

    fn has_gone_back(self, config: &WorkerConfig) -> bool {
        self.drift(self.elapsed(), now_ms()) < -milliseconds(config.heartbeat)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// After the clock was set back, shortens waits and leases to their intended length. Otherwise leases are not
/// changed: those of other instances look too long to one whose clock is slow.
async fn follow_clock(db: &Db, config: &WorkerConfig, last: Option<Watch>) -> Result<(), Error> {
    let has_gone_back = last.is_some_and(|last| last.has_gone_back(config));
    let latest = Latest {
        ready_at: ms_from_now(LONGEST.max(config.max_backoff)) + LEEWAY,
        leased_until: if has_gone_back { ms_from_now(config.lease) + LEEWAY } else { i64::MAX },
    };
    if units::is_ahead(&mut *db.read().await?, latest).await? {
        let mut tx = db.write_within(config.write_timeout).await?;
        units::follow_clock(&mut tx, latest, now_ms()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Reclaims units of dead workers other than `me`.
pub async fn reap_expired(
    db: &Db,
    config: &WorkerConfig,
    me: &str,
    last: Option<Watch>,
) -> Result<(), Error> {
    follow_clock(db, config, last).await?;
    // After a jump all leases look expired, although no worker has had time to renew them.
    let has_jumped = last.is_some_and(|last| last.has_jumped(config));
    let holders = units::lease_holders(&mut *db.read().await?).await?;
    let others: Vec<(String, i64)> = holders.into_iter().filter(|(worker, _)| worker != me).collect();
    for (worker, until) in others {
        let has_ended = db.is_worker_gone(&worker).await?;
        if !has_ended && (has_jumped || until > now_ms()) {
            continue;
        }
        let began = Instant::now();
        let mut tx = db.write_within(config.write_timeout).await?;
        if !has_ended && began.elapsed() > config.poll_interval {
            // A long write by another process may have blocked the heartbeat.
            continue;
        }
        let is_over =
            |(holder, until): &(String, i64)| *holder == worker && (has_ended || *until <= now_ms());
        if !units::lease_holders(&mut tx).await?.iter().any(is_over) {
            continue;
        }
        tracing::warn!(worker, has_ended, "worker is dead; its units are reclaimed");
        let given_up = units::reclaim(&mut tx, &worker, ms_from_now(config.initial_backoff)).await?;
        rounds::note_ended(&mut tx, &given_up).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::tables::units::{Claim, Task, Unit};

    #[test]
    fn a_jump_is_no_time_that_has_passed() {
        let (config, watch) = (WorkerConfig::default(), Watch { at: Instant::now(), ms: 1_000_000 });
        let ten = Duration::from_secs(10);
        for (now, is_ahead) in [(1_010_000, false), (1_014_000, false), (1_016_000, true), (900_000, false)] {
            assert_eq!(watch.drift(ten, now) > milliseconds(config.heartbeat), is_ahead, "{now}");
        }
    }

    /// Units written on a clock that was ahead do not wait once it is set back.
    #[tokio::test]
    async fn a_clock_that_is_set_back_holds_no_unit_up() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", directory.path().display())).await.unwrap();
        let (config, hours) = (WorkerConfig::default(), 26 * 3_600_000);
        let unit = |artist: i64| Unit { task: Task::Songs { artist }, label: "songs".to_owned() };
        let mut tx = db.write().await.unwrap();
        units::open(&mut tx, &[unit(1), unit(2)]).await.unwrap();
        let claim = Claim {
            worker: "paused",
            now: now_ms(),
            until: ms_from_now(config.lease) + hours,
            most: 1,
            is_idle: true,
        };
        assert_eq!(units::claim(&mut tx, claim).await.unwrap().len(), 1);
        let later = "update sync_units set ready_at = $1 where state = 'queued'";
        sqlx::query(later).bind(now_ms() + hours).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();

        let lease = async || units::lease_holders(&mut db.read().await.unwrap()).await.unwrap()[0].1;
        follow_clock(&db, &config, Some(Watch::now())).await.unwrap();
        assert!(
            lease().await > ms_from_now(config.lease) + LEEWAY,
            "a clock that is slow ends nobody's lease"
        );
        let before = Watch { at: Instant::now(), ms: ms_from_now(Duration::from_secs(26 * 3_600)) };
        follow_clock(&db, &config, Some(before)).await.unwrap();
        let ready = units::next_ready(&mut db.read().await.unwrap()).await.unwrap();
        assert!(ready.unwrap() <= now_ms());
        let held = lease().await;
        assert!(held <= ms_from_now(config.lease) + LEEWAY && held > now_ms(), "{held}: it may live");
    }
}
