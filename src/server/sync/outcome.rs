//! What was fetched for a unit of work.

use crate::domain::catalogue::Frequency;
use crate::domain::sync::window::Window;
use crate::domain::{Day, Role};
use crate::server::provider::{Chart, Complaint, Ranked, Song, TimeSeries};
use crate::server::store::observations::artist_observations::ArtistSeries;
use crate::server::store::tables::units::Task;

/// The result of a unit of work with internal ids: everything needed to store it.
#[derive(Debug)]
pub enum FetchOutcome {
    Platforms(Vec<ListedPlatform>),
    Charts {
        platform: i64,
        /// May be empty.
        charts: Vec<Chart>,
    },
    /// The songs of an artist; a song may appear in both roles.
    Songs {
        artist: i64,
        songs: Songs,
    },
    /// Songs fetched individually.
    Details {
        /// The requested tracks.
        tracks: Vec<i64>,
        /// The songs found.
        songs: Vec<Song>,
    },
    /// One metric of an artist on a platform.
    Artist {
        /// The requested days.
        window: Window,
        /// Sorted by day, one per day.
        series: ArtistSeries,
        /// Warnings about skipped values.
        complaint: Option<String>,
    },
    /// A track's audience on a platform.
    Audience {
        track: i64,
        platform: i64,
        /// The requested days.
        window: Window,
        /// Empty if there are no data.
        series: TimeSeries,
    },
    /// The rankings of a chart.
    Rankings {
        chart: i64,
        /// The requested days.
        window: Window,
        /// Only those not stored before.
        rankings: Rankings,
    },
}

/// The songs of an artist, main and featured.
#[derive(Debug, Default)]
pub struct Songs {
    pub songs: Vec<(Song, Role)>,
    /// Whether the list is complete.
    pub is_complete: bool,
    /// The artist's current name.
    pub artist_name: Option<String>,
    /// Describes entries that could not be read, if any.
    pub complaint: Option<String>,
}

/// Rankings of a chart that are not stored yet.
#[derive(Debug, Default)]
pub struct Rankings {
    pub days: Vec<(Day, Vec<Ranked>)>,
    /// Frequency of the chart, derived from the intervals between its days.
    pub frequency: Option<Frequency>,
}

/// A platform in the provider's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPlatform {
    /// Code in the provider's URLs.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Whether artists' followers are available.
    pub has_followers: bool,
    /// Whether artists' listeners, streams or views are available.
    pub has_listeners: bool,
    /// Whether there are song charts.
    pub has_charts: bool,
}

impl FetchOutcome {
    /// Describes what could not be stored, if anything.
    pub fn complaint(&self) -> Option<String> {
        match self {
            FetchOutcome::Audience { series, .. } => complaint(&series.complaints, series.more_complaints),
            FetchOutcome::Artist { complaint, .. } => complaint.clone(),
            FetchOutcome::Songs { songs, .. } => songs.complaint.clone(),
            FetchOutcome::Platforms(_)
            | FetchOutcome::Charts { .. }
            | FetchOutcome::Details { .. }
            | FetchOutcome::Rankings { .. } => None,
        }
    }

    /// Days left out because the response is too large for one unit.
    pub fn rest(&self) -> Option<Task> {
        match self {
            FetchOutcome::Audience { track, platform, series, .. } => {
                series.rest.map(|window| Task::Audience { track: *track, platform: *platform, window })
            }
            _ => None,
        }
    }
}

/// Maximum warnings listed.
const NAMED: usize = 3;

/// Joins complaints into one sentence.
pub fn complaint(complaints: &[Complaint], more: u64) -> Option<String> {
    let named: Vec<String> = complaints.iter().take(NAMED).map(ToString::to_string).collect();
    let others = (complaints.len() - named.len()) as u64 + more;
    let rest = if others > 0 { format!("; and {others} more") } else { String::new() };
    (!named.is_empty()).then(|| format!("Not kept: {}{rest}", named.join("; ")))
}
