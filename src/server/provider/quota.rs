//! The remaining calls of the billing term, and the reserve that is never used. Responses arrive out of order
//! and some never arrive, so requests in flight count as used.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::Error;
use crate::domain::sync::quota::QuotaLeft;

/// Default reserve: a tenth of the quota first seen ...
const DEFAULT_RESERVE_PART: i64 = 10;
/// ... and at most this many calls.
const MOST: i64 = 1000;
/// Interval after which the quota is probed again (at no cost), because others may have used calls.
const STALE: Duration = Duration::from_secs(60);
/// How long a refusal, or a response without the header, is respected.
const REFUSAL_RECHECK: Duration = Duration::from_secs(600);

/// Quota bookkeeping of one client.
#[derive(Debug)]
pub(super) struct QuotaLedger {
    /// As configured.
    reserve: Option<i64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    remaining: Option<i64>,
    first_seen: Option<i64>,
    under_way: i64,
    /// Calls that other instances may have in flight.
    elsewhere: i64,
    /// Sequence number of calls and responses.
    clock: u64,
    /// The `clock` value at which `remaining` was set.
    set: u64,
    heard: Option<Instant>,
    probed: Option<Instant>,
}

impl State {
    const fn is_refusing(&self, known: QuotaLeft) -> bool {
        known.left - self.elsewhere <= known.reserve
    }
}

/// A call in flight. If it is dropped after sending and before a response, it may have been charged, so it counts
/// as used until the response to a later call corrects the number.
#[derive(Debug)]
pub(super) struct QuotaCall<'a> {
    quota: &'a QuotaLedger,
    started: u64,
    sent: bool,
    answered: bool,
}

impl QuotaLedger {
    pub fn new(reserve: Option<i64>, first_seen: Option<i64>, elsewhere: u32) -> Self {
        let state = Mutex::new(State { first_seen, elsewhere: i64::from(elsewhere), ..State::default() });
        QuotaLedger { reserve, state }
    }

    /// Updates the number of calls that other instances may have in flight.
    pub fn expect_elsewhere(&self, calls: u32) {
        self.state().elsewhere = i64::from(calls);
    }

    /// The remaining quota, if known.
    pub fn left(&self) -> Option<QuotaLeft> {
        self.known(&self.state())
    }

    /// Whether a free probe should precede the next call.
    pub fn wants_probe(&self, now: Instant) -> bool {
        let state = self.state();
        let is_open = self.known(&state).is_some_and(|known| !state.is_refusing(known));
        let patience = if is_open { STALE } else { REFUSAL_RECHECK };
        let is_old = |time: Option<Instant>| time.is_none_or(|time| now.duration_since(time) > patience);
        is_old(state.heard) && is_old(state.probed)
    }

    /// Clears refusals before a manual retry.
    pub fn look_again(&self) {
        let mut state = self.state();
        (state.heard, state.probed) = (None, None);
    }

    /// Records a probe, whatever its result.
    pub fn probed(&self) {
        self.state().probed = Some(Instant::now());
    }

    /// Begins a call.
    ///
    /// # Errors
    /// [`Error::QuotaReserveReached`] if the call could use part of the reserve.
    pub fn admit(&self) -> Result<QuotaCall<'_>, Error> {
        let mut state = self.state();
        match self.known(&state).filter(|known| state.is_refusing(*known)) {
            Some(known) => {
                Err(Error::QuotaReserveReached { left: known.left.max(0), reserve: known.reserve })
            }
            None => Ok(self.begin_in(&mut state)),
        }
    }

    /// Begins a call that is free of charge.
    pub fn begin(&self) -> QuotaCall<'_> {
        self.begin_in(&mut self.state())
    }

    /// The provider reported no remaining calls.
    pub fn used_up(&self) {
        let mut state = self.state();
        state.remaining = Some(state.remaining.unwrap_or(0).min(0));
        state.heard = Some(Instant::now());
        state.clock += 1;
        state.set = state.clock;
    }

    fn begin_in(&self, state: &mut State) -> QuotaCall<'_> {
        state.under_way += 1;
        state.clock += 1;
        QuotaCall { quota: self, started: state.clock, sent: false, answered: false }
    }

    fn known(&self, state: &State) -> Option<QuotaLeft> {
        let remaining = state.remaining?;
        let first_seen = state.first_seen.unwrap_or(remaining);
        let reserve = self.reserve.unwrap_or_else(|| (first_seen / DEFAULT_RESERVE_PART).clamp(0, MOST));
        Some(QuotaLeft { left: remaining - state.under_way, reserve, first_seen })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QuotaCall<'_> {
    /// From here on the call may be charged.
    pub fn sending(&mut self) {
        self.sent = true;
    }

    /// Records a response; `remaining` is its header, if present. If the call began before the last update, its
    /// number may be outdated; then the smaller one counts.
    pub fn answered(mut self, remaining: Option<i64>) {
        self.answered = true;
        let mut state = self.quota.state();
        state.under_way -= 1;
        let Some(said) = remaining else { return };
        let is_newer = self.started > state.set;
        state.remaining = Some(state.remaining.filter(|_| !is_newer).map_or(said, |known| known.min(said)));
        state.first_seen = state.first_seen.max(Some(said));
        state.heard = Some(Instant::now());
        state.clock += 1;
        state.set = state.clock;
    }
}

impl Drop for QuotaCall<'_> {
    fn drop(&mut self) {
        if !self.answered {
            let mut state = self.quota.state();
            state.under_way -= 1;
            state.remaining = state.remaining.map(|known| known - i64::from(self.sent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(quota: &QuotaLedger) -> i64 {
        quota.left().unwrap().left
    }

    #[test]
    fn calls_under_way_count_and_the_reserve_stays() {
        let quota = QuotaLedger::new(Some(5), None, 0);
        quota.begin().answered(Some(8));
        let mut calls: Vec<QuotaCall> = (0..3).map(|_| quota.admit().unwrap()).collect();
        let error = quota.admit().unwrap_err();
        assert!(matches!(error, Error::QuotaReserveReached { left: 5, reserve: 5 }), "{error}");
        calls[1..].iter_mut().for_each(QuotaCall::sending);
        drop(calls);
        assert_eq!(left(&quota), 6, "calls that were sent may have been counted");
    }

    #[test]
    fn the_default_reserve_is_a_tenth_and_at_most_1000() {
        let quota = QuotaLedger::new(None, None, 0);
        assert!(quota.left().is_none());
        quota.begin().answered(Some(990));
        assert_eq!(quota.left().unwrap(), QuotaLeft { left: 990, reserve: 99, first_seen: 990 });
        quota.begin().answered(Some(500_000));
        assert_eq!(quota.left().unwrap().reserve, 1000, "a new term");
        let again = QuotaLedger::new(None, Some(990), 0);
        again.begin().answered(Some(120));
        assert_eq!(again.left().unwrap().reserve, 99, "remembered over a restart");
    }

    #[test]
    fn answers_out_of_order_do_not_raise_it() {
        let quota = QuotaLedger::new(Some(0), None, 0);
        let (first, second) = (quota.admit().unwrap(), quota.admit().unwrap());
        second.answered(Some(98));
        first.answered(Some(99));
        assert_eq!(left(&quota), 98);
        let later = quota.admit().unwrap();
        later.answered(Some(1000));
        assert_eq!(left(&quota), 1000, "a call that began afterwards knows better");
    }

    #[test]
    fn it_is_looked_up_when_too_little_is_known() {
        let (quota, now) = (QuotaLedger::new(Some(5), None, 0), Instant::now());
        let later = |seconds| Instant::now() + Duration::from_secs(seconds);
        assert!(quota.wants_probe(now), "nothing is known");
        quota.probed();
        assert!(
            !quota.wants_probe(later(599)) && quota.wants_probe(later(601)),
            "the provider does not tell"
        );
        quota.begin().answered(Some(8));
        assert!(!quota.wants_probe(later(59)) && quota.wants_probe(later(61)), "others may have asked");
        quota.used_up();
        assert!(!quota.wants_probe(later(599)) && quota.wants_probe(later(601)), "a new term may have begun");
        quota.look_again();
        assert!(quota.wants_probe(now), "somebody asked for it");
    }

    #[test]
    fn other_instances_may_have_calls_under_way_too() {
        let quota = QuotaLedger::new(Some(5), None, 3);
        quota.begin().answered(Some(9));
        let call = quota.admit().unwrap();
        assert!(quota.admit().is_err());
        call.answered(None);
        quota.expect_elsewhere(4);
        assert!(quota.admit().is_err(), "another one has begun");
        quota.expect_elsewhere(0);
        assert!(quota.admit().is_ok());
        quota.used_up();
        assert_eq!(left(&quota), 0);
    }
}
