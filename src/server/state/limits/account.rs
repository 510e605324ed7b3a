//! Concurrency limits per account, over all its sessions, tokens and tabs.

use axum::http::StatusCode;

use super::Reason;
use super::counts::{KeyedCounter, KeyedPermit};
use crate::server::web::problem::HttpError;

/// Concurrent picture requests per account.
const PICTURES: u32 = 64;
/// Concurrent event streams per account.
const STREAMS: u32 = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// A request, until its response has been sent.
    Request,
    /// A picture: a page requests many at once, and each may have to be fetched from the provider.
    Picture,
    /// An event stream, until it is closed.
    Stream,
}

/// Counts per account and kind.
#[derive(Debug)]
pub struct AccountLimits {
    /// Maximum concurrent requests per account.
    requests: u32,
    counts: KeyedCounter<(String, RequestKind)>,
}

/// A request in progress.
#[derive(Debug)]
pub struct AccountPermit {
    _counted: KeyedPermit<(String, RequestKind)>,
}

impl AccountLimits {
    /// Limits each account to this many concurrent requests.
    pub fn new(requests: u32) -> Self {
        AccountLimits { requests, counts: KeyedCounter::default() }
    }

    const fn limit(&self, kind: RequestKind) -> u32 {
        match kind {
            RequestKind::Request => self.requests,
            RequestKind::Picture => PICTURES,
            RequestKind::Stream => STREAMS,
        }
    }

    /// Counts one more request.
    ///
    /// # Errors
    /// The account is at its limit.
    pub fn take(&self, user_id: &str, kind: RequestKind) -> Result<AccountPermit, HttpError> {
        let limit = self.limit(kind);
        let counted = self.counts.take((user_id.to_owned(), kind), limit);
        counted.map(|counted| AccountPermit { _counted: counted }).ok_or_else(|| {
            let what = match kind {
                RequestKind::Request => "requests under way",
                RequestKind::Picture => "pictures under way",
                RequestKind::Stream => "syncs watched",
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
        let accounts = AccountLimits::new(24);
        let taken: Vec<AccountPermit> =
            (0..STREAMS).map(|_| accounts.take("a", RequestKind::Stream).ok().unwrap()).collect();
        assert!(accounts.take("a", RequestKind::Stream).is_err());
        assert!(
            accounts.take("a", RequestKind::Request).is_ok()
                && accounts.take("b", RequestKind::Stream).is_ok()
        );
        drop(taken);
        assert!(accounts.take("a", RequestKind::Stream).is_ok());
        assert_eq!(accounts.counts.keys(), 0, "nothing is kept of who has nothing under way");
    }
}
