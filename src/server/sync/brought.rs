//! What the answer to a unit of work brought.

use crate::domain::series::Observation;
use crate::domain::{Day, Role};
use crate::server::catalogue::Frequency;
use crate::server::soundcharts::{Chart, Complaint, Ranked, Song, TimeSeries};

/// The provider's answer to a unit of work.
#[derive(Debug)]
pub enum Brought {
    /// All platforms it knows.
    Platforms(Vec<KnownPlatform>),
    /// All charts of a platform.
    Charts(Vec<Chart>),
    /// The songs of an artist; one may be there in both roles.
    Songs(Songs),
    /// Songs one by one.
    Details {
        /// The numbers of those that were asked for.
        asked: Vec<i64>,
        /// What came of them.
        songs: Vec<Song>,
    },
    /// An artist's numbers, and what of them could not be kept.
    Artist {
        /// In order of days, one a day.
        values: Vec<Observation>,
        /// In words.
        complaints: Option<String>,
    },
    /// A song's audience; empty where there is nothing for the pair.
    Audience(TimeSeries),
    /// The rankings of a chart.
    Rankings(Rankings),
}

/// The songs of an artist, main and featured.
#[derive(Debug, Default)]
pub struct Songs {
    /// Each with its role.
    pub songs: Vec<(Song, Role)>,
    /// Whether these are all.
    pub is_complete: bool,
    /// What the provider calls the artist now.
    pub artist_name: Option<String>,
    /// What of the lists could not be read, in words.
    pub complaint: Option<String>,
}

/// The rankings of a chart that are new here.
#[derive(Debug, Default)]
pub struct Rankings {
    /// By day.
    pub days: Vec<(Day, Vec<Ranked>)>,
    /// How often the chart is made, by the distance of the days that the provider has.
    pub frequency: Option<Frequency>,
}

/// A platform as the provider's lists have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPlatform {
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

impl Brought {
    /// What of it could not be kept, in words.
    pub fn complaint(&self) -> Option<String> {
        match self {
            Brought::Audience(series) => complaint(&series.complaints, series.more_complaints),
            Brought::Artist { complaints, .. } => complaints.clone(),
            Brought::Songs(songs) => songs.complaint.clone(),
            Brought::Platforms(_) | Brought::Charts(_) | Brought::Details { .. } | Brought::Rankings(_) => {
                None
            }
        }
    }
}

/// The most complaints that are told one by one.
const TOLD: usize = 3;

/// Complaints in one sentence.
pub fn complaint(complaints: &[Complaint], more: u64) -> Option<String> {
    let told: Vec<String> = complaints.iter().take(TOLD).map(ToString::to_string).collect();
    let others = (complaints.len() - told.len()) as u64 + more;
    let rest = if others > 0 { format!("; and {others} more") } else { String::new() };
    (!told.is_empty()).then(|| format!("Not kept: {}{rest}", told.join("; ")))
}
