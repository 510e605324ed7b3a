//! A parsed file, ready to be written.

use std::path::Path;

use super::bad_lines::BadLines;
use super::catalogue::{self, LinkLine};
use super::chart_entries::{self, ChartFile};
use super::existing_rows::ExistingRows;
use super::merge::RunMerger;
use super::observations;
use super::platforms::{self, PlatformRow};
use super::rows::ImportFile;
use super::watch::ImportProgress;
use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::catalogue::{Artist, Track};
use crate::server::error::Error;

#[derive(Debug)]
pub enum ParsedFile {
    Platforms(Vec<PlatformRow>),
    Artists(Vec<Artist>),
    Tracks(Vec<Track>),
    TrackArtists(Vec<LinkLine>),
    /// Track observations.
    Observations(RunMerger),
    ArtistObservations(RunMerger),
    /// Windows fetched from the provider.
    FetchedWindows(RunMerger),
    /// Chart positions.
    ChartEntries(ChartFile),
}

/// Parses a file; returns its content and number of lines.
pub fn read(
    file: &ImportFile,
    known: &ExistingRows,
    directory: &Path,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(ParsedFile, u64), Error> {
    Ok(match file.kind {
        FileKind::Platforms => with(ParsedFile::Platforms, platforms::read(file, known, watch, bad)?),
        FileKind::Artists => with(ParsedFile::Artists, catalogue::artists(file, watch, bad)?),
        FileKind::Tracks => with(ParsedFile::Tracks, catalogue::tracks(file, watch, bad)?),
        FileKind::TrackArtists => with(ParsedFile::TrackArtists, catalogue::links(file, known, watch, bad)?),
        FileKind::Observations => {
            with(ParsedFile::Observations, observations::of_tracks(file, known, directory, watch, bad)?)
        }
        FileKind::ArtistObservations => with(
            ParsedFile::ArtistObservations,
            observations::of_artists(file, known, directory, watch, bad)?,
        ),
        FileKind::FetchedWindows => {
            with(ParsedFile::FetchedWindows, observations::windows(file, known, directory, watch, bad)?)
        }
        FileKind::ChartEntries => {
            with(ParsedFile::ChartEntries, chart_entries::read(file, known, directory, watch, bad)?)
        }
    })
}

fn with<T>(parsed: impl FnOnce(T) -> ParsedFile, (rows, lines): (T, u64)) -> (ParsedFile, u64) {
    (parsed(rows), lines)
}

impl ParsedFile {
    /// Finds the invalid lines that only appear when merging, for a dry run.
    pub fn find_repeated(self, bad: &mut BadLines) -> Result<(), Error> {
        let mut merge = match self {
            ParsedFile::Observations(merge)
            | ParsedFile::ArtistObservations(merge)
            | ParsedFile::FetchedWindows(merge) => merge,
            ParsedFile::ChartEntries(charts) => charts.places,
            ParsedFile::Platforms(_)
            | ParsedFile::Artists(_)
            | ParsedFile::Tracks(_)
            | ParsedFile::TrackArtists(_) => {
                return Ok(());
            }
        };
        while merge.next(bad)?.is_some() {}
        Ok(())
    }
}
