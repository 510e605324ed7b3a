//! The provider request of a unit of work, as stored in its row.

use sqlx::FromRow;

use crate::domain::Metric;
use crate::domain::sync::window::Window;
use crate::server::error::Error;
use crate::server::store::sql::{day, word};

/// A request to the provider, by internal ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// List of platforms.
    Platforms,
    /// List of a platform's charts.
    Charts { platform: i64 },
    /// List of an artist's songs.
    Songs { artist: i64 },
    /// ISRCs of an artist's songs, one request per song.
    Details {
        artist: i64,
        /// First track id.
        first: i64,
        /// Last track id.
        last: i64,
    },
    /// An artist's followers, listeners or views.
    Artist {
        artist: i64,
        platform: i64,
        metric: Metric,
        /// The requested days.
        window: Window,
    },
    Audience {
        track: i64,
        platform: i64,
        /// The requested days.
        window: Window,
    },
    Rankings {
        chart: i64,
        /// The requested days.
        window: Window,
    },
}

/// The subject of a task regardless of its days: a failed subject is skipped on all days, and open tasks of one
/// subject are shared.
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

/// A task as it is stored.
#[derive(Debug, FromRow)]
pub(super) struct TaskRow {
    pub task: String,
    /// The artist, track or chart; 0 for none.
    pub subject_id: i64,
    /// 0 for none.
    pub platform_id: i64,
    /// Empty for none.
    pub metric: String,
    /// The first day, or the first track.
    pub from_day: i64,
    /// The last day, or the last track.
    pub to_day: i64,
}

/// The columns of a [`TaskRow`].
pub(super) const COLUMNS: &str = "task, subject_id, platform_id, metric, from_day, to_day";

impl From<Task> for TaskRow {
    fn from(task: Task) -> Self {
        let row = |task: &str, subject_id, platform_id| TaskRow {
            task: task.to_owned(),
            subject_id,
            platform_id,
            metric: String::new(),
            from_day: 0,
            to_day: 0,
        };
        let over = |window: Window, row: TaskRow| TaskRow {
            from_day: window.from().number().into(),
            to_day: window.to().number().into(),
            ..row
        };
        match task {
            Task::Platforms => row("platforms", 0, 0),
            Task::Charts { platform } => row("charts", 0, platform),
            Task::Songs { artist } => row("songs", artist, 0),
            Task::Details { artist, first, last } => {
                TaskRow { from_day: first, to_day: last, ..row("details", artist, 0) }
            }
            Task::Artist { artist, platform, metric, window } => {
                let row = row("artist", artist, platform);
                over(window, TaskRow { metric: metric.as_str().to_owned(), ..row })
            }
            Task::Audience { track, platform, window } => over(window, row("audience", track, platform)),
            Task::Rankings { chart, window } => over(window, row("rankings", chart, 0)),
        }
    }
}

impl TryFrom<TaskRow> for Task {
    type Error = Error;

    fn try_from(row: TaskRow) -> Result<Self, Error> {
        let window = || {
            Window::new(day(row.from_day)?, day(row.to_day)?)
                .ok_or_else(|| Error::Damaged("a unit's window".to_owned()))
        };
        let (subject, platform) = (row.subject_id, row.platform_id);
        Ok(match row.task.as_str() {
            "platforms" => Task::Platforms,
            "charts" => Task::Charts { platform },
            "songs" => Task::Songs { artist: subject },
            "details" => Task::Details { artist: subject, first: row.from_day, last: row.to_day },
            "artist" => {
                Task::Artist { artist: subject, platform, metric: word(&row.metric)?, window: window()? }
            }
            "audience" => Task::Audience { track: subject, platform, window: window()? },
            "rankings" => Task::Rankings { chart: subject, window: window()? },
            other => return Err(Error::Damaged(format!("a unit's task is \"{other}\""))),
        })
    }
}

impl Task {
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

    /// The requested days, for tasks with a window.
    pub const fn window(self) -> Option<Window> {
        match self {
            Task::Artist { window, .. } | Task::Audience { window, .. } | Task::Rankings { window, .. } => {
                Some(window)
            }
            Task::Platforms | Task::Charts { .. } | Task::Songs { .. } | Task::Details { .. } => None,
        }
    }

    /// Unique key of open units.
    pub(super) fn key(self) -> String {
        let TaskRow { task, subject_id, platform_id, metric, from_day, to_day } = self.into();
        format!("{task} {subject_id} {platform_id} {metric} {from_day} {to_day}")
    }
}
