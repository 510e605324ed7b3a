//! Password policy and Argon2id hashing (19 MiB, two passes). Hashing is deliberately slow; it runs on
//! background threads, on at most half of the cores at once, and further requests queue.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, oneshot};

use crate::server::background::{lower_priority, only_when_idle};
use crate::server::error::Error;

/// Minimum length.
pub const SHORTEST: usize = 8;
/// Maximum length, which bounds hashing time.
pub const LONGEST: usize = 256;
/// Maximum queue length; further sign-ins are rejected, so that a burst does not block others.
const QUEUE: usize = 8;
/// Queue length at which sign-ins are throttled.
const CROWD: usize = 3;
/// Pause after each hash while throttled: every attempt is a write that invalidates the report cache.
const PAUSE: Duration = Duration::from_millis(100);
/// The commonest passwords that are long enough: what attackers try first. In lower case, sorted. From the frequency lists
/// of zxcvbn (MIT licence, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.).
const COMMON: &str = include_str!("common_passwords.txt");

/// Words that are easily guessed here, whatever is added to them.
const CONTEXT: [&str; 8] =
    ["analyst", "analytics", "label", "music", "musicanalytics", "password", "soundcharts", "streams"];

/// What stands for the hash of an account that has no password: it comes in by single sign-on. No password has this hash.
pub const NONE: &str = "none";

/// The hash of an account that does not exist.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBhIHNhbHQ$Oe6rFjJUBfYMnJ0eCcJ2bSHXK8a8wD3b9vBq8sU7kWk";

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than eight characters.
    #[error("a password has at least {SHORTEST} characters")]
    Short,
    /// More than it may have.
    #[error("a password has at most {LONGEST} characters")]
    Long,
    /// Easily guessed.
    #[error(
        "this password is among the commonest, or made of your address or of words of this product: choose another"
    )]
    Common,
}

/// Whether a new password of the account of this address is accepted. There are no rules about what it is
/// made of: length is what counts.
///
/// # Errors
/// It is not.
pub fn accept(password: &str, email: &str) -> Result<(), WeakPassword> {
    let lower = password.to_lowercase();
    match password.chars().count() {
        ..SHORTEST => Err(WeakPassword::Short),
        SHORTEST..=LONGEST => {
            let is_common = COMMON.lines().any(|common| common == lower);
            let is_address = lower == email || Some(lower.as_str()) == email.split('@').next();
            if is_address || is_common || is_of_context(&lower, email) {
                Err(WeakPassword::Common)
            } else {
                Ok(())
            }
        }
        _ => Err(WeakPassword::Long),
    }
}

/// Whether a password consists of easily guessed words for this account: "Music2026!".
fn is_of_context(password: &str, email: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let own: Vec<String> = email.split(['@', '.', '-', '_', '+']).map(letters).collect();
    let words = CONTEXT.iter().copied().chain(own.iter().map(String::as_str));
    let mut words: Vec<&str> = words.filter(|word| word.len() > 2).collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = letters(password);
    let has_letters = !rest.is_empty();
    for word in words {
        rest = rest.replace(word, "");
    }
    has_letters && rest.is_empty()
}

/// Hashes and verifies passwords with limited concurrency.
#[derive(Debug, Clone)]
pub struct Hasher {
    /// Permits for hashing or queued requests.
    places: Arc<Semaphore>,
    /// Permits for hashing.
    turns: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = (cores / 2).max(1);
        Hasher { places: Arc::new(Semaphore::new(turns + QUEUE)), turns: Arc::new(Semaphore::new(turns)) }
    }
}

impl Hasher {
    /// Whether the queue has room.
    pub fn has_room(&self) -> bool {
        self.places.available_permits() > 0
    }

    /// The hash of a password, as text with its salt and parameters.
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
            let hash = hash.filter(|hash| hash != NONE);
            let is_somebody = hash.is_some();
            let hash = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(Error::damaged)?;
            Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok() && is_somebody)
        })
        .await
    }

    /// Runs on a low-priority thread so that reports come first; while throttled, on an idle-priority one.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.places.try_acquire().map_err(|_| Error::Overloaded)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::damaged)?;
        let is_crowd = self.places.available_permits() < QUEUE - CROWD;
        let (done, result) = oneshot::channel();
        let thread = std::thread::Builder::new().name("password".to_owned()).spawn(move || {
            if is_crowd {
                only_when_idle()
            } else {
                lower_priority()
            }
            // The request may have been dropped.
            let _ = done.send(work());
            if is_crowd {
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

    #[test]
    fn length_counts_and_the_commonest_are_refused() {
        let of = |password: &str| accept(password, "ada@example.com");
        assert_eq!(of("1234567"), Err(WeakPassword::Short));
        assert_eq!(of("größer7"), Err(WeakPassword::Short));
        assert_eq!(of(&"a".repeat(257)), Err(WeakPassword::Long));
        let guessed = ["Music2026!", "analytics-2026", "ada-example-2026", "Soundcharts!1", "MusicAnalytics"];
        for common in ["password", "Password1", "12345678", "ada@example.com"].into_iter().chain(guessed) {
            assert_eq!(of(common), Err(WeakPassword::Common), "{common}");
        }
        // A name of digits, or of pieces that are too short to be words.
        for (password, email) in
            [("4915112345678", "4915112345678@example.com"), ("jo-li-xy", "jo-li-xy@example.com")]
        {
            assert_eq!(accept(password, email), Err(WeakPassword::Common), "{password}");
        }
        assert_eq!(of("kettle drum"), Ok(()));
        assert_eq!(of("musical kettle"), Ok(()));
        assert_eq!(of(&"ü".repeat(256)), Ok(()));
    }

    #[test]
    fn the_list_is_in_lower_case_and_long_enough_to_matter() {
        assert!(COMMON.lines().all(|word| word.chars().count() >= SHORTEST && word == word.to_lowercase()));
        assert!(COMMON.lines().count() >= 10_000);
    }

    #[tokio::test]
    async fn a_crowd_is_sent_away_at_once() {
        let hasher = Hasher::default();
        let everybody = (0..200).map(|_| hasher.matches("kettle drum".to_owned(), None));
        let answers = futures_util::future::join_all(everybody).await;
        let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::Overloaded))).count();
        assert!((1..200).contains(&refused) && refused >= 200 - QUEUE - 128, "{refused}");
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
            (NONE, Some(&NONE.to_owned()), false),
        ] {
            assert_eq!(hasher.matches(password.to_owned(), hash.cloned()).await.unwrap(), is_right);
        }
    }
}
