//! Syncs as the JSON API, the pages and the command line show them: state, progress and cost.

pub mod quota;
pub mod window;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Day;
use super::query::Country;
use crate::domain::text::format::grouped;
use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// The state of a sync.
    SyncState, "sync state", {
        /// Not started yet.
        Queued = "queued",
        /// Being fetched, or waiting for a retry.
        Running = "running",
        /// Everything was fetched.
        Complete = "complete",
        /// Some data could not be fetched.
        Partial = "partial",
        /// Nothing could be fetched.
        Failed = "failed",
        /// Cancelled by a user; fetched data is kept.
        Cancelled = "cancelled",
    }
);

impl SyncState {
    /// Whether it is queued or running.
    pub const fn is_open(self) -> bool {
        matches!(self, SyncState::Queued | SyncState::Running)
    }

    /// Whether a retry makes sense.
    pub const fn can_be_retried(self) -> bool {
        matches!(self, SyncState::Partial | SyncState::Failed | SyncState::Cancelled)
    }

    /// The label shown to users.
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

string_enum!(
    /// Why data could not be fetched; failures are grouped by cause.
    FailureCause, "cause of a failure", {
        /// Not included in the Soundcharts plan.
        NotInPlan = "not_in_plan",
        /// The credentials were rejected.
        Credentials = "credentials",
        /// No calls left apart from the reserve.
        Quota = "quota",
        /// No response, or one that is not from Soundcharts.
        NotResponding = "not_responding",
        /// Unknown to Soundcharts.
        Unknown = "unknown",
        /// The response cannot be parsed.
        Unreadable = "unreadable",
        /// Soundcharts rejected the request.
        Refused = "refused",
        /// An error in this product.
        Internal = "internal",
    }
);

impl FailureCause {
    /// The short description shown to users.
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

/// The number of failures of one cause.
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
    /// Its state.
    pub state: SyncState,
    /// Completed tasks.
    pub done: u32,
    /// Tasks known so far; more may be found while it runs.
    pub total: u32,
    /// 0 to 100; never decreases, and reaches 100 only at the end.
    pub percent: u32,
    /// Estimated remaining time at the current speed; null if unknown.
    pub eta_seconds: Option<u32>,
    /// The current activity, or the result.
    pub message: String,
    /// The first 100 failures.
    pub failures: Vec<SyncFailure>,
    /// Failures by cause, most frequent first.
    pub causes: Vec<CauseCount>,
    /// Names of the requested artists.
    pub artists: Vec<String>,
    /// The first requested day.
    pub from: Day,
    /// The last requested day.
    pub to: Day,
    /// The country whose charts were requested.
    pub country: Option<Country>,
    /// Creation time, RFC 3339 in UTC.
    pub created_at: String,
    /// End time, RFC 3339 in UTC.
    pub finished_at: Option<String>,
}

/// Data that could not be fetched or stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SyncFailure {
    /// The artist concerned, if any.
    pub artist: Option<String>,
    /// The track concerned, if any.
    pub track: Option<String>,
    /// The platform concerned, if any.
    pub platform: Option<String>,
    /// The reason and what to do.
    pub reason: String,
}

/// What a sync would fetch, estimated before it starts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SyncPlan {
    /// Track-platform pairs.
    pub series: u32,
    /// Chart rankings.
    pub charts: Vec<ChartPlan>,
    /// Requests known so far.
    pub requests: u32,
    /// Estimated duration at the configured rate.
    pub estimated_seconds: u32,
    /// Remaining calls in the billing term, if known.
    pub quota_left: Option<i64>,
    /// Artists whose song list is missing or outdated: their new tracks will add requests.
    pub unlisted_artists: u32,
}

/// What a sync would fetch of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChartPlan {
    /// The chart's key.
    pub slug: String,
    /// The number of days not fetched yet.
    pub days: u32,
}
