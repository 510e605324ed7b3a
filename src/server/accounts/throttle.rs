//! Throttles password and code guessing: an account has five free failures, then delays that double up to a
//! quarter of an hour; an address has ten attempts a minute. An attempt is counted before it is verified, so
//! that parallel attempts gain nothing. Accounts that do not exist count the same.
//!
//! Second-factor failures are counted separately, because a correct password resets the password count. An
//! attacker at this step knows the password and needs only six digits, so these delays double up to a day.

use std::iter;
use std::net::IpAddr;

use crate::server::base::clock::{SECONDS_A_DAY, now_ms};
use crate::server::base::network::client_network;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::tables::sign_in_attempts as tries;
use crate::server::store::tables::sign_in_attempts::AttemptCount;
use crate::server::store::{Conn, Db};

/// Failures of an account without a delay.
const FREE_FAILURES: i64 = 5;
/// Delay after those, in milliseconds; doubles with each further failure.
const FIRST_WAIT: i64 = 15_000;
/// The longest wait, in milliseconds.
const LONGEST_WAIT: i64 = 15 * 60_000;
/// Consecutive wrong codes after which guessing is assumed (NIST SP 800-63B): each further one costs a day.
const MOST_CODES: i64 = 100;
const DAY: i64 = SECONDS_A_DAY * 1000;
/// How long failures are remembered after the last one.
const KEPT: i64 = DAY;
/// Wrong codes are remembered longer, so that pausing gains an attacker little.
const CODES_KEPT: i64 = 30 * DAY;
/// Attempts per address and minute.
const PER_MINUTE: i64 = 10;
const MINUTE: i64 = 60_000;

/// Keys of an attempt: the named account and the client address.
#[derive(Debug)]
pub struct ThrottleKeys {
    account: String,
    /// `None` if the address was already counted in the previous step.
    address: Option<String>,
    guessed: Guessed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guessed {
    Password,
    Code,
}

impl Guessed {
    const fn longest_wait(self, failures: i64) -> i64 {
        match self {
            Guessed::Code if failures >= MOST_CODES => DAY,
            Guessed::Code | Guessed::Password => LONGEST_WAIT,
        }
    }
}

impl ThrottleKeys {
    /// Stores only a hash of the input: people type passwords into the wrong field.
    pub fn new(email: &str, address: &str) -> Self {
        ThrottleKeys {
            account: format!("account {}", secret::hash(email)),
            address: Some(format!("address {}", network(address))),
            guessed: Guessed::Password,
        }
    }

    /// The key of second-factor codes. The client address was already counted with the password.
    pub fn for_codes(email: &str) -> Self {
        let account = format!("codes {}", secret::hash(email));
        ThrottleKeys { account, address: None, guessed: Guessed::Code }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        iter::once(&self.account).chain(&self.address)
    }

    /// Shortens the delays if the clock was set back, so that they last as long as intended.
    pub async fn follow_clock(&self, db: &Db) -> Result<(), Error> {
        let mut conn = db.read().await?;
        let mut is_ahead = false;
        for subject in self.all() {
            is_ahead |= tries::load(&mut conn, subject).await?.since > now_ms();
        }
        drop(conn);
        if !is_ahead {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for subject in self.all() {
            // Read again: concurrent attempts may have been counted, and must not be lost.
            let (tries, now) = (tries::load(&mut tx, subject).await?, now_ms());
            if tries.since > now {
                tries::put(&mut tx, subject, at(tries, now)).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Milliseconds until an attempt is accepted; 0 if it is now.
    pub async fn wait(&self, conn: &mut Conn) -> Result<i64, Error> {
        let (now, mut until) = (now_ms(), 0);
        for subject in self.all() {
            until = tries::load(conn, subject).await?.blocked_until.max(until);
        }
        Ok((until - now).max(0))
    }

    /// Counts a failed attempt.
    pub async fn count(&self, conn: &mut Conn) -> Result<(), Error> {
        let now = now_ms();
        let account = after_failure(tries::load(conn, &self.account).await?, now, self.guessed);
        tries::put(conn, &self.account, account).await?;
        if let Some(address) = &self.address {
            let tries = after_try(tries::load(conn, address).await?, now);
            tries::put(conn, address, tries).await?;
        }
        tries::forget_old(conn, now - KEPT, now - CODES_KEPT).await
    }

    /// Milliseconds until an attempt is accepted, adjusted for clock changes; read-only.
    pub async fn wait_now(&self, db: &Db) -> Result<i64, Error> {
        self.follow_clock(db).await?;
        self.wait(&mut *db.read().await?).await
    }

    /// Resets the count after a success.
    pub async fn reset(&self, conn: &mut Conn) -> Result<(), Error> {
        let tries = tries::load(conn, &self.account).await?;
        if self.guessed == Guessed::Password || tries.count <= FREE_FAILURES {
            return self.forget(conn).await;
        }
        // More failures than the owner makes: an attacker is still guessing.
        let left = AttemptCount { count: tries.count - FREE_FAILURES, blocked_until: 0, ..tries };
        tries::put(conn, &self.account, left).await
    }

    /// Forgets the attempts, because the secret was replaced.
    pub async fn forget(&self, conn: &mut Conn) -> Result<(), Error> {
        tries::forget(conn, &self.account).await
    }
}

/// Whole seconds of a delay in milliseconds, rounded up.
pub fn seconds(wait: i64) -> u32 {
    u32::try_from(wait / 1000 + 1).unwrap_or(u32::MAX)
}

/// The key for attempts from an address. IPv6 is grouped by network, because one client controls all of it.
pub(super) fn network(address: &str) -> String {
    match address.parse().map(client_network) {
        Ok(IpAddr::V6(network)) => format!("{network}/64"),
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// The attempt count with no time in the future.
fn at(tries: AttemptCount, now: i64) -> AttemptCount {
    let back = (tries.since - now).max(0);
    AttemptCount { since: tries.since - back, blocked_until: tries.blocked_until - back, ..tries }
}

fn after_failure(before: AttemptCount, now: i64, guessed: Guessed) -> AttemptCount {
    let count = before.count + 1;
    let doublings = u32::try_from((count - FREE_FAILURES).clamp(0, 16)).unwrap_or(0);
    let wait =
        if count < FREE_FAILURES { 0 } else { (FIRST_WAIT << doublings).min(guessed.longest_wait(count)) };
    AttemptCount { count, since: now, blocked_until: now + wait }
}

fn after_try(before: AttemptCount, now: i64) -> AttemptCount {
    let is_new = now - before.since >= MINUTE;
    let (count, since) = if is_new { (1, now) } else { (before.count + 1, before.since) };
    AttemptCount { count, since, blocked_until: if count < PER_MINUTE { 0 } else { since + MINUTE } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::state::context::Context;

    #[test]
    fn a_network_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn waits_double_after_five_failures() {
        let mut tries = AttemptCount::default();
        let mut waits = Vec::new();
        for _ in 0..14 {
            tries = after_failure(tries, 1_000, Guessed::Password);
            waits.push((tries.blocked_until - 1_000) / 1_000);
        }
        assert_eq!(waits, [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        let code = |count: u32| {
            (0..count).fold(AttemptCount::default(), |tries, _| after_failure(tries, 0, Guessed::Code))
        };
        let waits = [4, 5, 10, 11, 99, 100, 1000].map(|count| code(count).blocked_until / 1_000);
        assert_eq!(waits, [0, 15, 480, 900, 900, 86_400, 86_400]);
    }

    /// The bound that docs/security.md gives for an attacker who knows the password and guesses codes for a year.
    #[test]
    fn a_year_of_guessed_codes_gives_a_chance_below_one_in_a_hundred() {
        const YEAR: i64 = 365 * DAY;
        const CHANCE: f64 = 3e-6;
        let tries_until = |end: i64| {
            let (mut tries, mut now, mut count) = (AttemptCount::default(), 0, 0_u32);
            while now < end {
                tries = after_failure(tries, now, Guessed::Code);
                now = tries.blocked_until.max(now + 1);
                count += 1;
            }
            count
        };
        let first_day = tries_until(DAY);
        assert_eq!((first_day, tries_until(YEAR)), (100, 464));
        // A guesser who pauses until failures are forgotten, while the owner signs in every working day.
        let pausing = f64::from(first_day) * 365.0 / 31.0;
        let forgiven = 250.0 * f64::from(u32::try_from(FREE_FAILURES + 1).unwrap());
        assert!((pausing + forgiven) * CHANCE < 0.01);
    }

    #[tokio::test]
    async fn a_right_code_forgives_its_owners_failures_and_no_guessers() {
        let context = Context::for_tests().await;
        let mut tx = context.db.write().await.unwrap();
        let codes = ThrottleKeys::for_codes("ada@example.com");
        for (failures, left) in [(5, 0), (8, 3)] {
            for _ in 0..failures {
                codes.count(&mut tx).await.unwrap();
            }
            codes.reset(&mut tx).await.unwrap();
            let tries = tries::load(&mut tx, &codes.account).await.unwrap();
            assert_eq!((tries.count, tries.blocked_until), (left, 0));
        }
        let passwords = ThrottleKeys::new("ada@example.com", "198.51.100.7");
        for _ in 0..8 {
            passwords.count(&mut tx).await.unwrap();
        }
        passwords.reset(&mut tx).await.unwrap();
        assert_eq!(tries::load(&mut tx, &passwords.account).await.unwrap().count, 0);
    }

    #[tokio::test]
    async fn wrong_codes_are_known_for_a_month() {
        let context = Context::for_tests().await;
        let mut tx = context.db.write().await.unwrap();
        let now = now_ms();
        for (subject, age) in [("account a", 2), ("codes a", 29), ("codes b", 31)] {
            let old = AttemptCount { count: 9, since: now - age * DAY, blocked_until: 0 };
            tries::put(&mut tx, subject, old).await.unwrap();
        }
        ThrottleKeys::for_codes("ada@example.com").count(&mut tx).await.unwrap();
        for (subject, left) in [("account a", 0), ("codes a", 9), ("codes b", 0)] {
            assert_eq!(tries::load(&mut tx, subject).await.unwrap().count, left, "{subject}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_wait_longer() {
        let (then, hours) = (100_000_000, 3 * 3_600_000);
        let tries =
            (0..9).fold(AttemptCount::default(), |tries, _| after_failure(tries, then, Guessed::Password));
        assert_eq!(tries.blocked_until - then, 240_000);
        assert_eq!(at(tries, then - hours).blocked_until - (then - hours), 240_000);
        assert_eq!(at(tries, then + 1_000), tries);
    }

    #[test]
    fn an_address_has_ten_tries_a_minute() {
        let mut tries = AttemptCount::default();
        for second in 0..9 {
            tries = after_try(tries, 100_000 + second * 1_000);
            assert_eq!(tries.blocked_until, 0);
        }
        tries = after_try(tries, 109_000);
        assert_eq!(tries.blocked_until, 160_000);
        assert_eq!(after_try(tries, 160_000).count, 1);
    }
}
