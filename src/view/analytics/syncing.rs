//! Texts about syncs: cost, progress and result.

use serde::{Deserialize, Serialize};

use crate::domain::report::Report;
use crate::domain::sync::{SyncFailure, SyncPlan, SyncState, SyncStatus, causes_text};
use crate::domain::text::format::{grouped, pluralize};
use crate::domain::time::range::range_label;
use crate::view::figures::compact_text;
use crate::view::forms::notice::Notice;

/// Shown if syncing is off.
pub const SYNC_OFF: &str =
    "Sync is off: this database holds real data, and no Soundcharts credentials are configured.";

/// The connection through which the page follows a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// Receiving updates.
    #[default]
    Live,
    /// The server does not respond; polling.
    Lost,
    /// The session has ended.
    SignedOut,
    /// The sync no longer exists.
    Gone,
}

impl Connection {
    /// The message shown instead of outdated progress.
    pub const fn message(self) -> &'static str {
        match self {
            Connection::Live => "",
            Connection::Lost => "The connection to the server is lost. Trying again…",
            Connection::SignedOut => "Your session has ended. Sign in again to see how far this is.",
            Connection::Gone => "This sync is not known to the server any more. Reload the page.",
        }
    }
}

/// The last known status of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastStatus {
    /// The status.
    pub status: SyncStatus,
    /// Whether it is current.
    pub connection: Connection,
}

impl LastStatus {
    /// A status just received.
    pub const fn live(status: SyncStatus) -> Self {
        LastStatus { status, connection: Connection::Live }
    }

    /// Whether the sync was queued or running when last seen.
    pub const fn is_open(&self) -> bool {
        self.status.state.is_open()
    }
}

/// What can be fetched for a report and what is being fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReportSync {
    /// What a sync would fetch; `None` if syncing is off.
    pub plan: Option<SyncPlan>,
    /// The latest sync of the same query.
    pub status: Option<SyncStatus>,
    /// Whether submitting the form starts a sync.
    pub starts_automatically: bool,
}

impl ReportSync {
    /// Whether a sync of this query is queued or running.
    pub fn is_open(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.state.is_open())
    }

    /// Whether a sync would fetch anything.
    pub fn has_plan(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.requests > 0)
    }
}

/// The number of artists whose songs have not been listed for the range, as a sentence.
pub fn unlisted_text(plan: Option<&SyncPlan>) -> Option<String> {
    let count = plan.map_or(0, |plan| plan.unlisted_artists);
    (count > 0).then(|| {
        format!(
            "The songs of {} were not read from the provider for this range yet.",
            pluralize(count as usize, "artist")
        )
    })
}

/// The heading of the sync panel. `is_missing`: whether some data was never fetched.
pub fn panel_title(status: Option<&SyncStatus>, is_missing: bool) -> &'static str {
    match status.map(|status| status.state) {
        Some(SyncState::Queued | SyncState::Running) => "Fetching from Soundcharts",
        Some(SyncState::Partial) => "Partly fetched",
        Some(SyncState::Failed) => "Nothing could be fetched",
        Some(SyncState::Cancelled) => "Fetching was cancelled",
        Some(SyncState::Complete) | None if is_missing => "Missing data",
        Some(SyncState::Complete) | None => "There may be newer data",
    }
}

/// What a sync costs: "84 series with 92 requests, about 3 s; 999,914 calls left".
pub fn cost(plan: &SyncPlan) -> String {
    let mut parts = Vec::new();
    if plan.series > 0 {
        parts.push(format!("{} series", grouped(plan.series.into())));
    }
    if !plan.charts.is_empty() {
        parts.push(pluralize(plan.charts.len(), "chart"));
    }
    let least = if plan.unlisted_artists > 0 { "at least " } else { "" };
    parts.push(format!("{least}{}", pluralize(plan.requests as usize, "request")));
    let time = duration(plan.estimated_seconds);
    let left =
        plan.quota_left.map(|left| format!("; {} calls are left", grouped(left.into()))).unwrap_or_default();
    format!("{}, about {time}{left}.", parts.join(", "))
}

/// "12 s", "3 min".
pub fn duration(seconds: u32) -> String {
    match seconds {
        0..=90 => format!("{} s", seconds.max(1)),
        91..=5_400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

/// How far a sync is: "184 of 312 done, about 12 s left".
pub fn progress_text(status: &SyncStatus) -> String {
    let left = status.eta_seconds.filter(|_| status.state.is_open());
    let left = left.map(|left| format!(", about {} left", duration(left))).unwrap_or_default();
    format!("{} of {} done{left}", grouped(status.done.into()), grouped(status.total.into()))
}

/// The notice shown when a sync has ended and the report was refreshed: how the total changed from `before`.
pub fn sync_result_notice(status: &SyncStatus, before: &str, after: &Report) -> Notice {
    let total = compact_text(after.summary.total);
    let missing = after.incomplete.as_ref().map_or(0, |incomplete| incomplete.series);
    let is_whole = after.incomplete.is_none();
    let change = if before == total { format!("still {total}") } else { format!("{before} → {total}") };
    match status.state {
        SyncState::Complete if is_whole => Notice::success(format!("Report updated: {change}")),
        _ if status.state != SyncState::Failed && status.state != SyncState::Cancelled && missing == 0 => {
            Notice::error(format!("{}: {change}", status.message))
        }
        SyncState::Complete | SyncState::Partial | SyncState::Queued | SyncState::Running => {
            let causes = if status.causes.is_empty() {
                String::new()
            } else {
                format!(" ({})", causes_text(&status.causes))
            };
            Notice::error(format!(
                "Updated, {} series still missing{causes}: {change}",
                grouped(missing.into())
            ))
        }
        SyncState::Failed => Notice::error(format!("{}. The report is unchanged: {total}", status.message)),
        SyncState::Cancelled => {
            Notice::error(format!("Fetching was cancelled; what was fetched is in the report: {change}"))
        }
    }
}

/// The announcement for screen readers: at the start, at each quarter and at the end.
pub fn announcement(status: &SyncStatus) -> String {
    match (status.state, status.percent / 25 * 25) {
        (SyncState::Queued | SyncState::Running, 0) => "Fetching from Soundcharts has begun".to_owned(),
        (SyncState::Queued | SyncState::Running, quarter) => format!("Fetching: {quarter} percent"),
        (state, _) => format!("Fetching has ended: {}", state.label().to_lowercase()),
    }
}

/// The heading of the list of failures, with counts by cause.
pub fn failures_title(status: &SyncStatus) -> String {
    match causes_text(&status.causes) {
        causes if causes.is_empty() => "What could not be fetched".to_owned(),
        causes => format!("What could not be fetched. {causes}"),
    }
}

/// A failure as one line.
pub fn failure_text(failure: &SyncFailure) -> String {
    let of = [&failure.platform, &failure.track, &failure.artist];
    let of: Vec<&str> = of.into_iter().flatten().map(String::as_str).collect();
    if of.is_empty() { failure.reason.clone() } else { format!("{}: {}", of.join(" · "), failure.reason) }
}

/// Formats an RFC 3339 time: "2026-11-26, 10:00 UTC".
pub fn format_timestamp(rfc3339: &str) -> String {
    let (day, time) = rfc3339.split_once('T').unwrap_or((rfc3339, ""));
    time.get(..5).map_or_else(|| day.to_owned(), |time| format!("{day}, {time} UTC"))
}

/// The title of a sync: "Glass Pelican, September 2026".
pub fn sync_subject(status: &SyncStatus) -> String {
    let days = range_label(status.from, status.to);
    let names: Vec<&str> = status.artists.iter().map(String::as_str).collect();
    let charts =
        status.country.map(|country| format!(", charts of {}", country.as_str())).unwrap_or_default();
    format!("{}, {days}{charts}", super::form::name_list(&names))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::report::Incomplete;
    use crate::domain::sync::{CauseCount, ChartPlan, FailureCause};

    pub(crate) fn status(state: SyncState, percent: u32) -> SyncStatus {
        SyncStatus {
            id: uuid::Uuid::from_u128(7),
            state,
            done: percent,
            total: 100,
            percent,
            eta_seconds: Some(12),
            message: "Fetching Spotify for “AMOR”, September 2024".to_owned(),
            failures: vec![SyncFailure {
                artist: Some("Ada".to_owned()),
                track: Some("AMOR".to_owned()),
                platform: Some("Spotify".to_owned()),
                reason: "Soundcharts did not answer".to_owned(),
            }],
            causes: vec![CauseCount { cause: FailureCause::NotResponding, count: 1 }],
            artists: vec!["Ada".to_owned(), "Bob".to_owned()],
            from: "2024-09-01".parse().unwrap(),
            to: "2024-09-30".parse().unwrap(),
            country: None,
            created_at: "2026-11-26T10:00:00Z".to_owned(),
            finished_at: None,
        }
    }

    #[test]
    fn costs_are_told_before() {
        let plan = SyncPlan {
            series: 84,
            charts: vec![ChartPlan { slug: "x".to_owned(), days: 30 }],
            requests: 1,
            estimated_seconds: 200,
            quota_left: Some(999_914),
            unlisted_artists: 0,
        };
        assert_eq!(cost(&plan), "84 series, 1 chart, 1 request, about 4 min; 999,914 calls are left.");
        let plan = SyncPlan { requests: 9, unlisted_artists: 1, ..SyncPlan::default() };
        assert_eq!(cost(&plan), "at least 9 requests, about 1 s.");
    }

    #[test]
    fn songs_that_were_not_read_are_missing() {
        let plan = SyncPlan { unlisted_artists: 2, ..SyncPlan::default() };
        assert!(unlisted_text(Some(&plan)).is_some_and(|text| text.contains("2 artists")));
        assert_eq!(unlisted_text(Some(&SyncPlan::default())), None);
        assert_eq!(panel_title(None, true), "Missing data");
        assert_ne!(panel_title(None, false), panel_title(None, true));
    }

    #[test]
    fn the_last_word_follows_the_outcome() {
        let mut report = crate::view::report::tables::tests::report();
        let mut ended = status(SyncState::Complete, 100);
        ended.causes = vec![CauseCount { cause: FailureCause::NotInPlan, count: 23 }];
        let notice = sync_result_notice(&ended, "3K", &report);
        assert_eq!((notice.is_success, notice.text.as_str()), (true, "Report updated: 3K → ≈ 4K"));
        report.incomplete = Some(Incomplete { series: 23, series_of: 89, ..Incomplete::default() });
        ended.state = SyncState::Partial;
        let notice = sync_result_notice(&ended, "3K", &report);
        assert!(!notice.is_success);
        assert_eq!(notice.text, "Updated, 23 series still missing (Not in your plan: 23 series): 3K → ≈ 4K");
        for state in [SyncState::Failed, SyncState::Cancelled] {
            ended.state = state;
            assert!(!sync_result_notice(&ended, "≈ 4K", &report).is_success);
        }
    }

    #[test]
    fn quarters_are_announced() {
        let says = |state, percent| announcement(&status(state, percent));
        assert_eq!(says(SyncState::Running, 24), says(SyncState::Running, 3));
        assert_ne!(says(SyncState::Running, 24), says(SyncState::Running, 25));
        assert_eq!(says(SyncState::Running, 99), "Fetching: 75 percent");
        assert_eq!(says(SyncState::Partial, 100), "Fetching has ended: partly done");
    }

    #[test]
    fn progress_in_words() {
        let running = status(SyncState::Running, 59);
        assert_eq!(progress_text(&running), "59 of 100 done, about 12 s left");
        assert_eq!(format_timestamp(&running.created_at), "2026-11-26, 10:00 UTC");
        assert_eq!(sync_subject(&running), "Ada and Bob, September 2024");
        assert_eq!(failure_text(&running.failures[0]), "Spotify · AMOR · Ada: Soundcharts did not answer");
    }
}
