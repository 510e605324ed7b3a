//! The rate limiter shared by all instances through the database. Turns are reserved in blocks of a quarter
//! of a second, because each reservation is a transaction.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::server::base::clock::since_1970;
use crate::server::error::Error;
use crate::server::provider::{Bucket, Limiter, LimiterError, LimiterFuture};
use crate::server::store::Db;
use crate::server::store::tables::rate_limits;

/// Name of the limiter in the database.
const NAME: &str = "soundcharts";
/// Blocks a minute.
const BLOCKS_PER_MINUTE: u32 = 240;
/// Age after which an unused turn expires: used later, it would add to later ones.
const TURN_EXPIRY: Duration = Duration::from_millis(250);
/// Lock timeout for taking a turn.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// Allocates turns across all instances.
#[derive(Debug)]
pub struct SharedLimiter {
    db: Db,
    bucket: Bucket,
    block: u32,
    /// This process's reserved turns, as sorted times since 1970-01-01.
    turns: Mutex<VecDeque<Duration>>,
}

impl SharedLimiter {
    /// Maximum turns in any 60 seconds.
    pub fn new(db: Db, per_minute: u32) -> Self {
        let turns = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let block = (per_minute / BLOCKS_PER_MINUTE).max(1);
        SharedLimiter { db, bucket: Bucket::new(turns), block, turns: Mutex::default() }
    }

    async fn take(&self) -> Result<Duration, Error> {
        let mut turns = self.turns.lock().await;
        let mut now = since_1970();
        let latest = now + self.bucket.longest();
        // A turn too far ahead dates from before the clock was set back.
        while turns.front().is_some_and(|turn| *turn + TURN_EXPIRY < now || *turn > latest) {
            turns.pop_front();
        }
        if turns.is_empty() {
            let mut tx = self.db.write_within(WRITE_TIMEOUT).await?;
            let mut full_at = rate_limits::full_at(&mut tx, NAME).await?;
            now = since_1970();
            turns.extend((0..self.block).map(|_| now + self.bucket.turn(&mut full_at, now)));
            rate_limits::set(&mut tx, NAME, full_at).await?;
            tx.commit().await?;
        }
        Ok(turns.pop_front().unwrap_or(now).saturating_sub(now))
    }

    async fn delay(&self, pause: Duration) -> Result<(), Error> {
        let mut turns = self.turns.lock().await;
        turns.clear();
        let mut tx = self.db.write_within(WRITE_TIMEOUT).await?;
        let mut full_at = rate_limits::full_at(&mut tx, NAME).await?;
        self.bucket.hold(&mut full_at, since_1970(), pause);
        rate_limits::set(&mut tx, NAME, full_at).await?;
        Ok(tx.commit().await?)
    }
}

impl Limiter for SharedLimiter {
    fn turn(&self) -> LimiterFuture<'_, Result<Duration, LimiterError>> {
        Box::pin(async { self.take().await.map_err(|error| LimiterError(error.to_string())) })
    }

    fn hold(&self, pause: Duration) -> LimiterFuture<'_, Result<(), LimiterError>> {
        Box::pin(async move { self.delay(pause).await.map_err(|error| LimiterError(error.to_string())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_instances_share_one_limit() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/a.db", directory.path().display());
        let limiters = [
            SharedLimiter::new(Db::open(&url).await.unwrap(), 1200),
            SharedLimiter::new(Db::open(&url).await.unwrap(), 1200),
        ];
        let start = since_1970();
        let mut turns = Vec::new();
        for round in 0..100 {
            let limiter = &limiters[round % 2];
            let wait = limiter.turn().await.unwrap();
            turns.push(since_1970() + wait - start);
        }
        turns.sort_unstable();
        // A burst of one second's worth, then one turn every 50 ms.
        assert!(turns[99] >= Duration::from_millis(50 * 79), "{:?}", turns[99]);
        assert!(turns[99] <= Duration::from_millis(60 * 100), "{:?}", turns[99]);
        limiters[0].hold(Duration::from_secs(60)).await.unwrap();
        let other = &limiters[1];
        let waits = [
            other.turn().await.unwrap(),
            other.turn().await.unwrap(),
            other.turn().await.unwrap(),
            other.turn().await.unwrap(),
            other.turn().await.unwrap(),
            other.turn().await.unwrap(),
        ];
        assert!(waits[5] >= Duration::from_secs(59), "after its own block the other waits too: {waits:?}");
    }
}
