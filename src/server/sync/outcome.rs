//! What was fetched for a unit of work.

use crate::domain::catalogue::Frequency;
use crate::domain::sync::window::Window;
use crate::domain::{Day, Role};
use crate::server::provider::{Chart, Complaint, Ranked, Song, TimeSeries};
use crate::server::store::observations::artist_observations::ArtistSeries;
use crate::server::store::tables::units::Task;

/// The provider's answer to a unit of work, with our numbers of what it is about: all that it takes to store it.
#[derive(Debug)]
pub enum FetchOutcome {
    /// All platforms the provider knows.
    Platforms(Vec<ListedPlatform>),
    /// All charts of a platform.
    Charts {
        platform: i64,
        /// Empty where it has none.
        charts: Vec<Chart>,
    },
    /// The songs of an artist; one may be there in both roles.
    Songs { artist: i64, songs: Songs },
    /// Songs one by one.
    Details {
        /// The tracks that were asked for.
        tracks: Vec<i64>,
        /// What the provider has of them.
        songs: Vec<Song>,
    },
    /// One metric of an artist on a platform.
    Artist {
        /// The days asked for.
        window: Window,
        /// In order of days, one a day.
        series: ArtistSeries,
        /// Warnings about skipped values.
        complaint: Option<String>,
    },
    /// A song's audience on a platform.
    Audience {
        track: i64,
        platform: i64,
        /// The days asked for.
        window: Window,
        /// Empty where there is nothing for the pair.
        series: TimeSeries,
    },
    /// The rankings of a chart.
    Rankings {
        chart: i64,
        /// The days asked for.
        window: Window,
        /// Those that are new.
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
    /// What of the lists could not be read, in words.
    pub complaint: Option<String>,
}

/// The rankings of a chart that are new here.
#[derive(Debug, Default)]
pub struct Rankings {
    pub days: Vec<(Day, Vec<Ranked>)>,
    /// How often the chart is made, by the distance of the days that the provider has.
    pub frequency: Option<Frequency>,
}

/// A platform as the provider's lists have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPlatform {
    /// The code in addresses.
    pub code: String,
    /// For people.
    pub name: String,
    /// Whether it has followers of artists.
    pub has_followers: bool,
    /// Whether it has listeners, streams or views of artists.
    pub has_listeners: bool,
    /// Whether it has charts of songs.
    pub has_charts: bool,
}

impl FetchOutcome {
    /// What of it could not be kept, in words.
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

/// Complaints in one sentence.
pub fn complaint(complaints: &[Complaint], more: u64) -> Option<String> {
    let named: Vec<String> = complaints.iter().take(NAMED).map(ToString::to_string).collect();
    let others = (complaints.len() - named.len()) as u64 + more;
    let rest = if others > 0 { format!("; and {others} more") } else { String::new() };
    (!named.is_empty()).then(|| format!("Not kept: {}{rest}", named.join("; ")))
}
