//! What a unit of work is about, whatever its days: what was given up is left alone on all days, and what is
//! open already is shared.

use std::collections::HashMap;

use super::days::Run;
use crate::domain::{Day, Metric};
use crate::server::db::units::Task;

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// The platforms.
    Platforms,
    /// The charts of a platform.
    Charts(i64),
    /// The songs of an artist.
    Songs(i64),
    /// The ISRCs of an artist's songs.
    Details(i64),
    /// A number of an artist on a platform.
    Artist(i64, i64, Metric),
    /// A track on a platform.
    Audience(i64, i64),
    /// The rankings of a chart.
    Rankings(i64),
}

impl From<Task> for About {
    fn from(task: Task) -> Self {
        match task {
            Task::Platforms => About::Platforms,
            Task::Charts { platform } => About::Charts(platform),
            Task::Songs { artist } => About::Songs(artist),
            Task::Details { artist, .. } => About::Details(artist),
            Task::Artist { artist, platform, metric, .. } => About::Artist(artist, platform, metric),
            Task::Audience { track, platform, .. } => About::Audience(track, platform),
            Task::Rankings { chart, .. } => About::Rankings(chart),
        }
    }
}

/// The open units by what they are about, with their days.
#[derive(Debug)]
pub struct Open(HashMap<About, Vec<(i64, Run)>>);

impl Open {
    /// Of units with their numbers.
    pub fn of(units: Vec<(i64, Task)>) -> Self {
        let mut open: HashMap<About, Vec<(i64, Run)>> = HashMap::new();
        for (id, task) in units {
            let days = task.window().map_or((Day::MIN, Day::MAX), |window| (window.from(), window.to()));
            open.entry(task.into()).or_default().push((id, days));
        }
        Open(open)
    }

    /// Those about a thing; asked for once.
    pub fn take(&mut self, about: About) -> Vec<(i64, Run)> {
        self.0.remove(&about).unwrap_or_default()
    }
}
