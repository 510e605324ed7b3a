//! Slows down whoever guesses passwords: an account has five free failures, then waits that double up to a
//! quarter of an hour; an address has ten tries a minute. A try is counted before its password is looked at, so
//! that many at once are no way around. Accounts that do not exist count the same.

use std::net::{IpAddr, Ipv6Addr};

use super::secret;
use crate::server::clock::{SECONDS_A_DAY, now_ms};
use crate::server::db::sign_in_tries::{self as tries, Tries};
use crate::server::db::{Conn, Db};
use crate::server::error::Error;

/// Failures of an account that have no consequence.
const FREE: i64 = 5;
/// The wait after those, in milliseconds; doubled by each further one.
const FIRST_WAIT: i64 = 15_000;
/// The longest wait, in milliseconds.
const LONGEST_WAIT: i64 = 15 * 60_000;
/// Tries of an address in a minute.
const PER_MINUTE: i64 = 10;
const MINUTE: i64 = 60_000;

/// Who tries: the account that is named, and where the request comes from.
#[derive(Debug)]
pub struct Subjects {
    account: String,
    address: String,
}

impl Subjects {
    /// What was typed may be anything, a password too: its hash is kept.
    pub fn new(email: &str, address: &str) -> Self {
        Subjects {
            account: format!("account {}", secret::hash(email)),
            address: format!("address {}", network(address)),
        }
    }

    /// Moves the waits back where the clock was set back since they began: they stay as long as they were.
    pub async fn follow_clock(&self, db: &Db) -> Result<(), Error> {
        let now = now_ms();
        let mut moved = Vec::new();
        let mut conn = db.read().await?;
        for subject in [&self.account, &self.address] {
            let tries = tries::of(&mut conn, subject).await?;
            moved.extend((tries.since > now).then(|| (subject, at(tries, now))));
        }
        drop(conn);
        if moved.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for (subject, tries) in moved {
            tries::put(&mut tx, subject, tries).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Milliseconds until a try is accepted; 0 where one is now.
    pub async fn wait(&self, conn: &mut Conn) -> Result<i64, Error> {
        let now = now_ms();
        let account = tries::of(conn, &self.account).await?;
        let address = tries::of(conn, &self.address).await?;
        Ok((account.blocked_until.max(address.blocked_until) - now).max(0))
    }

    /// Counts a try as failed.
    pub async fn count(&self, conn: &mut Conn) -> Result<(), Error> {
        let now = now_ms();
        let account = after_failure(tries::of(conn, &self.account).await?, now);
        tries::put(conn, &self.account, account).await?;
        let address = after_try(tries::of(conn, &self.address).await?, now);
        tries::put(conn, &self.address, address).await?;
        tries::forget_old(conn, now - SECONDS_A_DAY * 1000).await
    }

    /// The try was none of a guesser.
    pub async fn forgive(&self, conn: &mut Conn) -> Result<(), Error> {
        tries::forget(conn, &self.account).await
    }
}

/// The key under which attempts from an address are counted: with IPv6 its network, because one client has all of it.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        _ => address.to_owned(),
    }
}

/// The tries, none of them in the future.
fn at(tries: Tries, now: i64) -> Tries {
    let back = (tries.since - now).max(0);
    Tries { since: tries.since - back, blocked_until: tries.blocked_until - back, ..tries }
}

fn after_failure(before: Tries, now: i64) -> Tries {
    let count = before.count + 1;
    let doublings = u32::try_from((count - FREE).clamp(0, 16)).unwrap_or(0);
    let wait = if count < FREE { 0 } else { (FIRST_WAIT << doublings).min(LONGEST_WAIT) };
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
            tries = after_failure(tries, 1_000);
            waits.push((tries.blocked_until - 1_000) / 1_000);
        }
        assert_eq!(waits, [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_wait_longer() {
        let (then, hours) = (100_000_000, 3 * 3_600_000);
        let tries = (0..9).fold(Tries::default(), |tries, _| after_failure(tries, then));
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
