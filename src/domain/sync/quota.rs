//! The calls that the provider allows in a billing term.

/// Remaining calls of the billing term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLeft {
    /// Remaining calls as last reported, minus those possibly used since.
    pub left: i64,
    /// Calls never to be used.
    pub reserve: i64,
    /// The largest number of remaining calls ever seen. Persist it and restore it at the next start (the setting
    /// `quota_first_seen` of the provider client), so that the default reserve does not shrink.
    pub first_seen: i64,
}
