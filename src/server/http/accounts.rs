//! What one account may have under way at once, whatever it sends it with: sessions, tokens, tabs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::problem::Refused;
use crate::domain::Problem;

/// Requests of one account that are answered at once.
const REQUESTS: u32 = 24;
/// Pictures of one account that are answered at once.
const PICTURES: u32 = 64;
/// Streams of events that one account watches at once.
const STREAMS: u32 = 32;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A request, until its answer was sent.
    Request,
    /// A picture, of which a page asks for many at once and which may have to be fetched from elsewhere.
    Picture,
    /// A stream of events, until nobody watches it.
    Stream,
}

impl Kind {
    const fn limit(self) -> u32 {
        match self {
            Kind::Request => REQUESTS,
            Kind::Picture => PICTURES,
            Kind::Stream => STREAMS,
        }
    }
}

/// How many of each kind every account has under way.
#[derive(Debug, Default)]
pub struct Accounts(Mutex<HashMap<(String, Kind), u32>>);

/// One that is under way.
#[derive(Debug)]
pub struct Place {
    accounts: Arc<Accounts>,
    key: (String, Kind),
}

impl Accounts {
    /// Counts one more.
    ///
    /// # Errors
    /// The account has as many as it may.
    pub fn take(self: &Arc<Self>, user_id: &str, kind: Kind) -> Result<Place, Refused> {
        let key = (user_id.to_owned(), kind);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_default();
        if *count >= kind.limit() {
            let what = match kind {
                Kind::Request => "requests under way",
                Kind::Picture => "pictures under way",
                Kind::Stream => "syncs watched",
            };
            let detail = format!(
                "This account has {} {what}, which is as many as it may; try again in a moment.",
                kind.limit()
            );
            let problem = Problem::new(429, "Too Many Requests", detail);
            return Err(Refused::from(problem).retry_after(2));
        }
        *count += 1;
        Ok(Place { accounts: Arc::clone(self), key })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.accounts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_own_limit_and_gives_back_what_it_took() {
        let accounts = Arc::new(Accounts::default());
        let taken: Vec<Place> =
            (0..STREAMS).map(|_| accounts.take("a", Kind::Stream).ok().unwrap()).collect();
        assert!(accounts.take("a", Kind::Stream).is_err());
        assert!(accounts.take("a", Kind::Request).is_ok() && accounts.take("b", Kind::Stream).is_ok());
        drop(taken);
        assert!(accounts.take("a", Kind::Stream).is_ok());
        assert!(accounts.0.lock().unwrap().is_empty(), "nothing is kept of who has nothing under way");
    }
}
