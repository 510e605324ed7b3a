//! How long the provider has not responded at all, reported long before a request times out.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A silence without new requests is forgotten after this time.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// Measures how long the provider has been silent.
#[derive(Debug, Default)]
pub(super) struct SilenceTracker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    /// The first request since the last response.
    since: Option<Instant>,
}

/// A request in flight.
#[derive(Debug)]
pub(super) struct Request<'a> {
    silence: &'a SilenceTracker,
    is_heard: bool,
}

impl SilenceTracker {
    /// A request begins.
    pub fn request_started(&self, now: Instant) -> Request<'_> {
        self.change(|state| {
            let is_over = |since: Instant| state.under_way == 0 && now - since > FORGOTTEN;
            if state.since.is_none_or(is_over) {
                state.since = Some(now);
            }
            state.under_way += 1;
        });
        Request { silence: self, is_heard: false }
    }

    /// How long nothing has been received.
    pub fn duration(&self, now: Instant) -> Duration {
        self.change(|state| state.since.map_or(Duration::ZERO, |since| now - since))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Request<'_> {
    /// A response has started: the provider is not silent.
    pub fn answered(mut self, now: Instant) {
        self.is_heard = true;
        self.silence.change(|state| {
            state.under_way -= 1;
            state.since = (state.under_way > 0).then_some(now);
        });
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if !self.is_heard {
            self.silence.change(|state| state.under_way -= 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lasts_from_the_first_unanswered_request() {
        let silence = SilenceTracker::default();
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(silence.duration(at(0)), Duration::ZERO);
        drop(silence.request_started(at(0)));
        // The pause between attempts counts.
        let second = silence.request_started(at(5));
        assert_eq!(silence.duration(at(5)), Duration::from_secs(5));
        second.answered(at(6));
        assert_eq!(silence.duration(at(7)), Duration::ZERO);
        drop(silence.request_started(at(8)));
        let _new = silence.request_started(at(3_600));
        assert_eq!(silence.duration(at(3_600)), Duration::ZERO, "nobody has waited for an hour");
    }

    #[test]
    fn an_answer_to_one_is_a_sign_of_life_to_all() {
        let silence = SilenceTracker::default();
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        let (first, _second) = (silence.request_started(at(0)), silence.request_started(at(1)));
        first.answered(at(3));
        assert_eq!(silence.duration(at(7)), Duration::from_secs(4), "the other has waited since");
    }
}
