//! Slows down whoever guesses passwords and codes: an account has five free failures, then waits that double up to a
//! quarter of an hour; an address has ten tries a minute. A try is counted before what was given is looked at, so
//! that many at once are no way around. Accounts that do not exist count the same.
//!
//! Codes of an account are counted apart from its passwords, because the right password would forgive them. Whoever guesses
//! them knows the password, and six digits are few: their waits double up to a day.

use std::iter;
use std::net::IpAddr;

use super::secret;
use crate::server::clock::{SECONDS_A_DAY, now_ms};
use crate::server::config::of_one_client;
use crate::server::db::sign_in_tries::{self as tries, Tries};
use crate::server::db::{Conn, Db};
use crate::server::error::Error;

/// Failures of an account that have no consequence.
const FREE: i64 = 5;
/// The wait after those, in milliseconds; doubled by each further one.
const FIRST_WAIT: i64 = 15_000;
/// The longest wait after a wrong password, in milliseconds.
const LONGEST_WAIT: i64 = 15 * 60_000;
/// The longest wait after a wrong code.
const LONGEST_OF_CODES: i64 = SECONDS_A_DAY * 1000;
/// Tries of an address in a minute.
const PER_MINUTE: i64 = 10;
const MINUTE: i64 = 60_000;

/// Who tries: the account that is named, and where the request comes from.
#[derive(Debug)]
pub struct Subjects {
    account: String,
    /// Not where the address was counted already.
    address: Option<String>,
    longest_wait: i64,
}

impl Subjects {
    /// What was typed may be anything, a password too: its hash is kept.
    pub fn new(email: &str, address: &str) -> Self {
        Subjects {
            account: format!("account {}", secret::hash(email)),
            address: Some(format!("address {}", network(address))),
            longest_wait: LONGEST_WAIT,
        }
    }

    /// The same for codes of an account. Whoever gives one has given the password, from an address that was counted then.
    pub fn of_codes(email: &str) -> Self {
        let account = format!("codes {}", secret::hash(email));
        Subjects { account, address: None, longest_wait: LONGEST_OF_CODES }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        iter::once(&self.account).chain(&self.address)
    }

    /// Moves the waits back where the clock was set back since they began: they stay as long as they were.
    async fn follow_clock(&self, db: &Db) -> Result<(), Error> {
        let mut conn = db.read().await?;
        let mut is_ahead = false;
        for subject in self.all() {
            is_ahead |= tries::of(&mut conn, subject).await?.since > now_ms();
        }
        drop(conn);
        if !is_ahead {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for subject in self.all() {
            // Read again: others may have counted tries meanwhile, which are not to be lost.
            let (tries, now) = (tries::of(&mut tx, subject).await?, now_ms());
            if tries.since > now {
                tries::put(&mut tx, subject, at(tries, now)).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Milliseconds until a try is accepted; 0 where one is now.
    pub async fn wait(&self, conn: &mut Conn) -> Result<i64, Error> {
        let (now, mut until) = (now_ms(), 0);
        for subject in self.all() {
            until = tries::of(conn, subject).await?.blocked_until.max(until);
        }
        Ok((until - now).max(0))
    }

    /// Counts a try as failed.
    pub async fn count(&self, conn: &mut Conn) -> Result<(), Error> {
        let now = now_ms();
        let account = after_failure(tries::of(conn, &self.account).await?, now, self.longest_wait);
        tries::put(conn, &self.account, account).await?;
        if let Some(address) = &self.address {
            let tries = after_try(tries::of(conn, address).await?, now);
            tries::put(conn, address, tries).await?;
        }
        tries::forget_old(conn, now - SECONDS_A_DAY * 1000).await
    }

    /// Milliseconds until a try is accepted, once the clock was followed; for whoever looks before writing anything.
    ///
    /// # Errors
    /// The database failed or is busy.
    pub async fn wait_now(&self, db: &Db) -> Result<i64, Error> {
        self.follow_clock(db).await?;
        self.wait(&mut *db.read().await?).await
    }

    /// The try was none of a guesser.
    pub async fn forgive(&self, conn: &mut Conn) -> Result<(), Error> {
        tries::forget(conn, &self.account).await
    }
}

/// Seconds to tell of a wait in milliseconds.
pub fn seconds(wait: i64) -> u32 {
    u32::try_from(wait / 1000 + 1).unwrap_or(u32::MAX)
}

/// The key under which attempts from an address are counted: with IPv6 its network, because one client has all of it.
pub(super) fn network(address: &str) -> String {
    match address.parse().map(of_one_client) {
        Ok(IpAddr::V6(network)) => format!("{network}/64"),
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// The tries, none of them in the future.
fn at(tries: Tries, now: i64) -> Tries {
    let back = (tries.since - now).max(0);
    Tries { since: tries.since - back, blocked_until: tries.blocked_until - back, ..tries }
}

fn after_failure(before: Tries, now: i64, longest_wait: i64) -> Tries {
    let count = before.count + 1;
    let doublings = u32::try_from((count - FREE).clamp(0, 16)).unwrap_or(0);
    let wait = if count < FREE { 0 } else { (FIRST_WAIT << doublings).min(longest_wait) };
    Tries { count, since: now, blocked_until: now + wait }
}

fn after_try(before: Tries, now: i64) -> Tries {
    let is_new = now - before.since >= MINUTE;
    let (count, since) = if is_new { (1, now) } else { (before.count + 1, before.since) };
    Tries { count, since, blocked_until: if count < PER_MINUTE { 0 } else { since + MINUTE } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn waits_double_after_five_failures() {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for _ in 0..14 {
            tries = after_failure(tries, 1_000, LONGEST_WAIT);
            waits.push((tries.blocked_until - 1_000) / 1_000);
        }
        assert_eq!(waits, [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        let codes = |count: u32| {
            (0..count).fold(Tries::default(), |tries, _| after_failure(tries, 0, LONGEST_OF_CODES))
        };
        assert_eq!(
            [10, 17, 18, 1000].map(|count| codes(count).blocked_until / 1_000),
            [480, 61_440, 86_400, 86_400]
        );
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_wait_longer() {
        let (then, hours) = (100_000_000, 3 * 3_600_000);
        let tries = (0..9).fold(Tries::default(), |tries, _| after_failure(tries, then, LONGEST_WAIT));
        assert_eq!(tries.blocked_until - then, 240_000);
        assert_eq!(at(tries, then - hours).blocked_until - (then - hours), 240_000);
        assert_eq!(at(tries, then + 1_000), tries);
    }

    #[test]
    fn an_address_has_ten_tries_a_minute() {
        let mut tries = Tries::default();
        for second in 0..9 {
            tries = after_try(tries, 100_000 + second * 1_000);
            assert_eq!(tries.blocked_until, 0);
        }
        tries = after_try(tries, 109_000);
        assert_eq!(tries.blocked_until, 160_000);
        assert_eq!(after_try(tries, 160_000).count, 1);
    }
}
