//! Files of observations and fetched windows, of tracks and artists: parsed into sorted runs before anything
//! is written.

use std::path::Path;

use super::bad_lines::BadLines;
use super::existing_rows::ExistingRows;
use super::merge::RunMerger;
use super::row::CsvRow;
use super::rows::ImportFile;
use super::sorter::{DayValue, Sorter};
use super::watch::ImportProgress;
use crate::domain::{Day, Metric};
use crate::server::error::Error;

/// Caches the last lookup, because most lines repeat the previous name.
#[derive(Debug, Default)]
struct Last {
    name: Vec<u8>,
    number: Option<i64>,
}

impl Last {
    fn or_find(&mut self, name: &[u8], find: impl FnOnce() -> Result<i64, String>) -> Result<i64, String> {
        match self.number {
            Some(number) if self.name == name => Ok(number),
            _ => {
                let number = find()?;
                self.name.clear();
                self.name.extend_from_slice(name);
                self.number = Some(number);
                Ok(number)
            }
        }
    }
}

/// Looks up the tracks and platforms of lines.
struct Names<'a> {
    known: &'a ExistingRows,
    track: Last,
    platform: Last,
}

impl<'a> Names<'a> {
    fn new(known: &'a ExistingRows) -> Self {
        Names { known, track: Last::default(), platform: Last::default() }
    }

    /// Parses the first two columns, `track_uuid` and `platform`.
    fn pair(&mut self, row: &CsvRow<'_>) -> Result<(i64, i64), String> {
        let track = self.track.or_find(row.bytes(0), || self.known.track(row.uuid(0)?))?;
        let platform =
            self.platform.or_find(row.bytes(1), || self.known.track_platform(&row.platform(1)?))?;
        Ok((track, platform))
    }
}

/// Reads a file of observations, with the columns of `FileKind::Observations`.
pub fn of_tracks(
    file: &ImportFile,
    known: &ExistingRows,
    directory: &Path,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(RunMerger, u64), Error> {
    let mut names = Names::new(known);
    let mut sorter = Sorter::new(directory);
    let lines = file.for_each_row(watch, bad, |row| {
        let mut parsed = || -> Result<_, String> {
            let (track, platform) = names.pair(row)?;
            Ok((
                track,
                platform,
                row.text(2)?,
                DayValue { day: row.day(3)?, value: row.integer(4)?, line: row.line },
            ))
        };
        push(&mut sorter, parsed())
    })?;
    Ok((sorter.finish(), lines))
}

/// Reads a file of artist-level observations, with the columns of `FileKind::ArtistObservations`.
pub fn of_artists(
    file: &ImportFile,
    known: &ExistingRows,
    directory: &Path,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(RunMerger, u64), Error> {
    let mut sorter = Sorter::new(directory);
    let lines = file.for_each_row(watch, bad, |row| {
        let parsed = || -> Result<_, String> {
            let metric: Metric = row.word(2)?;
            let artist = known.artist(row.uuid(0)?)?;
            let platform = known.artist_platform(&row.platform(1)?, metric)?;
            Ok((
                artist,
                platform,
                metric.as_str(),
                DayValue { day: row.day(3)?, value: row.integer(4)?, line: row.line },
            ))
        };
        push(&mut sorter, parsed())
    })?;
    Ok((sorter.finish(), lines))
}

/// Reads a file of fetched windows, with the columns of `FileKind::FetchedWindows`. A window is encoded as the
/// value 0 on its last day with its first day in the key, so that windows never conflict.
pub fn windows(
    file: &ImportFile,
    known: &ExistingRows,
    directory: &Path,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(RunMerger, u64), Error> {
    let mut names = Names::new(known);
    let mut sorter = Sorter::new(directory);
    let lines = file.for_each_row(watch, bad, |row| {
        let mut parsed = || -> Result<_, String> {
            let (track, platform) = names.pair(row)?;
            let (from, to): (Day, Day) = (row.day(2)?, row.day(3)?);
            if to < from {
                return Err(row.column_error(3, &format!("{to} is before {from}")));
            }
            Ok((track, platform, from.to_string(), DayValue { day: to, value: 0, line: row.line }))
        };
        push(&mut sorter, parsed())
    })?;
    Ok((sorter.finish(), lines))
}

fn push(
    sorter: &mut Sorter,
    parsed: Result<(i64, i64, impl AsRef<str>, DayValue), String>,
) -> Result<Result<(), String>, Error> {
    match parsed {
        Ok((owner, group, label, value)) => sorter.push(owner, group, label.as_ref(), value).map(Ok),
        Err(reason) => Ok(Err(reason)),
    }
}
