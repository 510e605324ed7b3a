//! The provider request of a unit of work, as stored in its row.

use crate::domain::Metric;
use crate::domain::sync::window::Window;
use crate::server::error::Error;
use crate::server::store::sql::{day, word};

/// A question to the provider, by our numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Which platforms there are.
    Platforms,
    /// Which charts a platform has.
    Charts { platform: i64 },
    /// Which songs an artist has.
    Songs { artist: i64 },
    /// What is said of an artist's songs one by one: their ISRCs.
    Details {
        artist: i64,
        /// The number of the first track.
        first: i64,
        /// The number of the last track.
        last: i64,
    },
    /// An artist's followers, listeners or views.
    Artist {
        artist: i64,
        platform: i64,
        /// Which of its numbers.
        metric: Metric,
        /// The days.
        window: Window,
    },
    /// A track's audience.
    Audience {
        track: i64,
        platform: i64,
        /// The days.
        window: Window,
    },
    /// The rankings of a chart.
    Rankings {
        chart: i64,
        /// The days.
        window: Window,
    },
}

/// What a task is about, whatever its days: what was given up is left alone on all days, and what is open already is
/// shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Platforms,
    /// The charts of a platform.
    Charts {
        platform: i64,
    },
    /// The songs of an artist.
    Songs {
        artist: i64,
    },
    /// The ISRCs of an artist's songs.
    Details {
        artist: i64,
    },
    /// One metric of an artist on a platform.
    Artist {
        artist: i64,
        platform: i64,
        metric: Metric,
    },
    /// A track on a platform.
    Audience {
        track: i64,
        platform: i64,
    },
    /// The rankings of a chart.
    Rankings {
        chart: i64,
    },
}

/// A task as it is stored: word, subject, platform, metric, first and last day, or track.
pub(super) type TaskColumns = (&'static str, i64, i64, &'static str, i64, i64);

impl Task {
    /// As it is stored.
    pub(super) fn columns(self) -> TaskColumns {
        let days = |window: Window| (i64::from(window.from().number()), i64::from(window.to().number()));
        match self {
            Task::Platforms => ("platforms", 0, 0, "", 0, 0),
            Task::Charts { platform } => ("charts", 0, platform, "", 0, 0),
            Task::Songs { artist } => ("songs", artist, 0, "", 0, 0),
            Task::Details { artist, first, last } => ("details", artist, 0, "", first, last),
            Task::Artist { artist, platform, metric, window } => {
                let (from, to) = days(window);
                ("artist", artist, platform, metric.as_str(), from, to)
            }
            Task::Audience { track, platform, window } => {
                let (from, to) = days(window);
                ("audience", track, platform, "", from, to)
            }
            Task::Rankings { chart, window } => {
                let (from, to) = days(window);
                ("rankings", chart, 0, "", from, to)
            }
        }
    }

    /// What it is about.
    pub const fn subject(self) -> Subject {
        match self {
            Task::Platforms => Subject::Platforms,
            Task::Charts { platform } => Subject::Charts { platform },
            Task::Songs { artist } => Subject::Songs { artist },
            Task::Details { artist, .. } => Subject::Details { artist },
            Task::Artist { artist, platform, metric, .. } => Subject::Artist { artist, platform, metric },
            Task::Audience { track, platform, .. } => Subject::Audience { track, platform },
            Task::Rankings { chart, .. } => Subject::Rankings { chart },
        }
    }

    /// From what was stored.
    pub(super) fn from_columns(
        task: &str,
        subject: i64,
        platform: i64,
        metric: &str,
        from: i64,
        to: i64,
    ) -> Result<Self, Error> {
        let window =
            || Window::new(day(from)?, day(to)?).ok_or_else(|| Error::Damaged("a unit's window".to_owned()));
        Ok(match task {
            "platforms" => Task::Platforms,
            "charts" => Task::Charts { platform },
            "songs" => Task::Songs { artist: subject },
            "details" => Task::Details { artist: subject, first: from, last: to },
            "artist" => Task::Artist { artist: subject, platform, metric: word(metric)?, window: window()? },
            "audience" => Task::Audience { track: subject, platform, window: window()? },
            "rankings" => Task::Rankings { chart: subject, window: window()? },
            other => return Err(Error::Damaged(format!("a unit's task is \"{other}\""))),
        })
    }

    /// The days that are asked for, if it is about days.
    pub const fn window(self) -> Option<Window> {
        match self {
            Task::Artist { window, .. } | Task::Audience { window, .. } | Task::Rankings { window, .. } => {
                Some(window)
            }
            Task::Platforms | Task::Charts { .. } | Task::Songs { .. } | Task::Details { .. } => None,
        }
    }

    /// What is asked, in one text: open units have it once.
    pub(super) fn key(self) -> String {
        let (task, subject, platform, metric, from, to) = self.columns();
        format!("{task} {subject} {platform} {metric} {from} {to}")
    }
}
