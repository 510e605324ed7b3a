//! Concurrency limits per account, over all its sessions, tokens and tabs.

use axum::http::StatusCode;

use super::Reason;
use super::counts::{Counted, Counts};
use crate::server::web::problem::Refused;

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
    /// A stream of events, until it is closed.
    Stream,
}

/// Counts per account and kind.
#[derive(Debug)]
pub struct Accounts {
    /// Requests that one may have.
    requests: u32,
    counts: Counts<(String, Kind)>,
}

/// One that is under way.
#[derive(Debug)]
pub struct Place {
    _counted: Counted<(String, Kind)>,
}

impl Accounts {
    /// Limits each account to this many concurrent requests.
    pub fn new(requests: u32) -> Self {
        Accounts { requests, counts: Counts::default() }
    }

    const fn limit(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Request => self.requests,
            Kind::Picture => PICTURES,
            Kind::Stream => STREAMS,
        }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// The account is at its limit.
    pub fn take(&self, user_id: &str, kind: Kind) -> Result<Place, Refused> {
        let limit = self.limit(kind);
        let counted = self.counts.take((user_id.to_owned(), kind), limit);
        counted.map(|counted| Place { _counted: counted }).ok_or_else(|| {
            let what = match kind {
                Kind::Request => "requests under way",
                Kind::Picture => "pictures under way",
                Kind::Stream => "syncs watched",
            };
            let detail = format!(
                "This account has {limit} {what}, which is as many as it may; try again in a moment."
            );
            Reason::Account.refuse(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(2)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_own_limit_and_gives_back_what_it_took() {
        let accounts = Accounts::new(24);
        let taken: Vec<Place> =
            (0..STREAMS).map(|_| accounts.take("a", Kind::Stream).ok().unwrap()).collect();
        assert!(accounts.take("a", Kind::Stream).is_err());
        assert!(accounts.take("a", Kind::Request).is_ok() && accounts.take("b", Kind::Stream).is_ok());
        drop(taken);
        assert!(accounts.take("a", Kind::Stream).is_ok());
        assert_eq!(accounts.counts.keys(), 0, "nothing is kept of who has nothing under way");
    }
}
