//! Password policy and Argon2id hashing (19 MiB, two passes). Hashing is deliberately slow; it runs on
//! background threads, on at most half of the cores at once, and further requests queue.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, oneshot};

use crate::server::base::background::{lower_priority, only_when_idle};
use crate::server::error::Error;
use crate::server::store::tables::users::NO_PASSWORD;

/// Maximum queue length; further sign-ins are rejected, so that a burst does not block others.
const MAX_QUEUED: usize = 8;
/// Queue length at which sign-ins are throttled.
const CONGESTED_AT: usize = 3;
/// Pause after each hash while throttled: every attempt is a write that invalidates the report cache.
const PAUSE: Duration = Duration::from_millis(100);
/// Verified for accounts that do not exist, so that timing does not reveal them.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBhIHNhbHQ$Oe6rFjJUBfYMnJ0eCcJ2bSHXK8a8wD3b9vBq8sU7kWk";

/// Hashes and verifies passwords with limited concurrency.
#[derive(Debug, Clone)]
pub struct Hasher {
    /// Permits for hashing or queued requests.
    slots: Arc<Semaphore>,
    /// Permits for hashing.
    permits: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = (cores / 2).max(1);
        Hasher {
            slots: Arc::new(Semaphore::new(turns + MAX_QUEUED)),
            permits: Arc::new(Semaphore::new(turns)),
        }
    }
}

impl Hasher {
    /// Whether the queue has room.
    pub fn has_room(&self) -> bool {
        self.slots.available_permits() > 0
    }

    /// Hashes a password; the result includes salt and parameters.
    ///
    /// # Errors
    /// [`Error::Overloaded`] if the queue is full.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        self.work(move || {
            let hash: PasswordHash = argon2().hash_password(password.as_bytes()).map_err(Error::damaged)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Verifies a password against a hash. Without a hash the result is false after the same time.
    ///
    /// # Errors
    /// [`Error::Overloaded`] if the queue is full.
    pub async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.work(move || {
            let hash = hash.filter(|hash| hash != NO_PASSWORD);
            let is_somebody = hash.is_some();
            let hash = PasswordHash::new(hash.as_deref().unwrap_or(DUMMY_HASH)).map_err(Error::damaged)?;
            Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok() && is_somebody)
        })
        .await
    }

    /// Runs on a low-priority thread so that reports come first; while throttled, on an idle-priority one.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.slots.try_acquire().map_err(|_| Error::Overloaded)?;
        let turn = Arc::clone(&self.permits).acquire_owned().await.map_err(Error::damaged)?;
        let is_congested = self.slots.available_permits() < MAX_QUEUED - CONGESTED_AT;
        let (done, result) = oneshot::channel();
        let thread = std::thread::Builder::new().name("password".to_owned()).spawn(move || {
            if is_congested {
                only_when_idle()
            } else {
                lower_priority()
            }
            // An error means that the request was dropped.
            let _ = done.send(work());
            if is_congested {
                std::thread::sleep(PAUSE);
            }
            drop(turn);
        });
        thread.map_err(Error::io("cannot start a thread"))?;
        result.await.map_err(Error::damaged)?
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("parameters within their limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crowd_is_sent_away_at_once() {
        let hasher = Hasher::default();
        let everybody = (0..200).map(|_| hasher.matches("kettle drum".to_owned(), None));
        let answers = futures_util::future::join_all(everybody).await;
        let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::Overloaded))).count();
        assert!((1..200).contains(&refused) && refused >= 200 - MAX_QUEUED - 128, "{refused}");
    }

    #[tokio::test]
    async fn hashes_have_the_parameters_and_match_their_password_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash("kettle drum".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash("kettle drum".to_owned()).await.unwrap());
        for (password, hash, is_right) in [
            ("kettle drum", Some(&hash), true),
            ("kettle drums", Some(&hash), false),
            ("kettle drum", None, false),
            (NO_PASSWORD, Some(&NO_PASSWORD.to_owned()), false),
        ] {
            assert_eq!(hasher.matches(password.to_owned(), hash.cloned()).await.unwrap(), is_right);
        }
    }
}
