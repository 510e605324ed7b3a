//! The calls that the provider allows in a billing term.

/// State of the billing term's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLeft {
    /// Remaining calls as last reported, less those possibly used since.
    pub left: i64,
    /// Calls never to be used up.
    pub reserve: i64,
    /// The largest number of calls left that was ever seen: keep it, and give it back at the next start
    /// ([`super::Settings::quota_first_seen`]).
    pub first_seen: i64,
}
