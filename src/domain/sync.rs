//! What is said about syncs: their state, their progress and what they will cost. The JSON API, the page
//! and the command line all read these.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Day;
use super::format::grouped;
use super::query::Country;
use super::words::words;

words!(
    /// How far a sync is.
    SyncState, "sync state", {
        /// Nobody has begun.
        Queued = "queued",
        /// Being worked on, or waiting for another try.
        Running = "running",
        /// Everything was fetched.
        Complete = "complete",
        /// Something could not be fetched; the rest was.
        Partial = "partial",
        /// Nothing could be fetched.
        Failed = "failed",
        /// Stopped by somebody; what was fetched stays.
        Cancelled = "cancelled",
    }
);

impl SyncState {
    /// Whether it goes on.
    pub const fn is_open(self) -> bool {
        matches!(self, SyncState::Queued | SyncState::Running)
    }

    /// Whether a retry makes sense.
    pub const fn can_be_retried(self) -> bool {
        matches!(self, SyncState::Partial | SyncState::Failed | SyncState::Cancelled)
    }

    /// The state in a word for people.
    pub const fn label(self) -> &'static str {
        match self {
            SyncState::Queued => "Waiting",
            SyncState::Running => "Running",
            SyncState::Complete => "Complete",
            SyncState::Partial => "Partly done",
            SyncState::Failed => "Failed",
            SyncState::Cancelled => "Cancelled",
        }
    }
}

words!(
    /// Why something could not be fetched, so that what failed for one reason is told once.
    FailureCause, "cause of a failure", {
        /// The plan with the provider does not include it.
        NotInPlan = "not_in_plan",
        /// The provider does not accept the credentials.
        Credentials = "credentials",
        /// No calls are left, or those that are left are kept in reserve.
        Quota = "quota",
        /// No answer, or none that was the provider's.
        NotResponding = "not_responding",
        /// The provider does not know it.
        Unknown = "unknown",
        /// An answer that cannot be understood.
        Unreadable = "unreadable",
        /// The provider refused the request.
        Refused = "refused",
        /// Something on our side.
        Internal = "internal",
    }
);

impl FailureCause {
    /// The cause in a few words for people.
    pub const fn label(self) -> &'static str {
        match self {
            FailureCause::NotInPlan => "Not in your plan",
            FailureCause::Credentials => "Credentials refused",
            FailureCause::Quota => "No calls left",
            FailureCause::NotResponding => "Soundcharts didn't respond",
            FailureCause::Unknown => "Not known to Soundcharts",
            FailureCause::Unreadable => "Unreadable answer",
            FailureCause::Refused => "Refused by Soundcharts",
            FailureCause::Internal => "Error on our side",
        }
    }
}

/// How much failed for one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CauseCount {
    /// The cause.
    pub cause: FailureCause,
    /// Series and lists.
    pub count: u32,
}

/// "Not in your plan: 23 series; No calls left: 2 series".
pub fn causes_text(causes: &[CauseCount]) -> String {
    // "Series" is its own plural.
    let text = |of: &CauseCount| format!("{}: {} series", of.cause.label(), grouped(of.count.into()));
    causes.iter().map(text).collect::<Vec<_>>().join("; ")
}

/// A sync as `GET /syncs/{id}` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SyncStatus {
    /// Its id.
    pub id: Uuid,
    /// How far it is.
    pub state: SyncState,
    /// Units of work that have ended.
    pub done: u32,
    /// Units of work so far; more are found on the way.
    pub total: u32,
    /// 0 to 100; only grows, and is 100 at the end only.
    pub percent: u32,
    /// How long the rest will take at the pace so far; null while that is not known.
    pub eta_seconds: Option<u32>,
    /// What is being done, or how it ended.
    pub message: String,
    /// What could not be fetched, the first 100.
    pub failures: Vec<SyncFailure>,
    /// How much could not be fetched for which cause, the most frequent first.
    pub causes: Vec<CauseCount>,
    /// What was asked for: names of the artists.
    pub artists: Vec<String>,
    /// The first day asked for.
    pub from: Day,
    /// The last day asked for.
    pub to: Day,
    /// Whose charts were asked for.
    pub country: Option<Country>,
    /// When it was asked for, RFC 3339 in UTC.
    pub created_at: String,
    /// When it ended, RFC 3339 in UTC.
    pub finished_at: Option<String>,
}

/// Something that could not be fetched or kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SyncFailure {
    /// Of which artist, if it is about one or about a track of one.
    pub artist: Option<String>,
    /// Of which track, if it is about one.
    pub track: Option<String>,
    /// On which platform, if it is about one.
    pub platform: Option<String>,
    /// Why, and what to do.
    pub reason: String,
}

/// What a sync would do, worked out before anything is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SyncPlan {
    /// Tracks on platforms.
    pub series: u32,
    /// Rankings.
    pub charts: Vec<ChartPlan>,
    /// Questions to the provider as far as they are known.
    pub requests: u32,
    /// How long that takes at the configured pace.
    pub estimated_seconds: u32,
    /// Calls left in the billing term, if the provider has said so.
    pub quota_left: Option<i64>,
    /// Artists whose songs are not known yet or may have become more: their tracks come on top.
    pub unlisted_artists: u32,
}

/// What a sync would fetch of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChartPlan {
    /// The chart's key.
    pub slug: String,
    /// Days that were never asked for.
    pub days: u32,
}
