//! A parsed file, ready to be written.

use std::path::Path;

use super::bad_lines::BadLines;
use super::catalogue::{self, LinkLine};
use super::chart_entries::{self, ChartFile};
use super::existing_rows::Known;
use super::merge::Merge;
use super::observations;
use super::platforms::{self, PlatformRow};
use super::rows::ImportFile;
use super::watch::Watch;
use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::catalogue::{Artist, Track};
use crate::server::error::Error;

/// What a file says.
#[derive(Debug)]
pub enum Parsed {
    /// Lines of the registry.
    Platforms(Vec<PlatformRow>),
    Artists(Vec<Artist>),
    Tracks(Vec<Track>),
    TrackArtists(Vec<LinkLine>),
    /// Observations of tracks.
    Observations(Merge),
    ArtistObservations(Merge),
    /// What the provider was asked for.
    FetchedWindows(Merge),
    /// Places in charts.
    ChartEntries(ChartFile),
}

/// Reads a file; answers what it says and how many lines it has.
pub fn read(
    file: &ImportFile,
    known: &Known,
    directory: &Path,
    watch: &Watch,
    bad: &mut BadLines,
) -> Result<(Parsed, u64), Error> {
    Ok(match file.kind {
        FileKind::Platforms => with(Parsed::Platforms, platforms::read(file, known, watch, bad)?),
        FileKind::Artists => with(Parsed::Artists, catalogue::artists(file, watch, bad)?),
        FileKind::Tracks => with(Parsed::Tracks, catalogue::tracks(file, watch, bad)?),
        FileKind::TrackArtists => with(Parsed::TrackArtists, catalogue::links(file, known, watch, bad)?),
        FileKind::Observations => {
            with(Parsed::Observations, observations::of_tracks(file, known, directory, watch, bad)?)
        }
        FileKind::ArtistObservations => {
            with(Parsed::ArtistObservations, observations::of_artists(file, known, directory, watch, bad)?)
        }
        FileKind::FetchedWindows => {
            with(Parsed::FetchedWindows, observations::windows(file, known, directory, watch, bad)?)
        }
        FileKind::ChartEntries => {
            with(Parsed::ChartEntries, chart_entries::read(file, known, directory, watch, bad)?)
        }
    })
}

fn with<T>(parsed: impl FnOnce(T) -> Parsed, (rows, lines): (T, u64)) -> (Parsed, u64) {
    (parsed(rows), lines)
}

impl Parsed {
    /// Finds the bad lines that only sorting brings together, where nothing is to be written.
    pub fn find_repeated(self, bad: &mut BadLines) -> Result<(), Error> {
        let mut merge = match self {
            Parsed::Observations(merge)
            | Parsed::ArtistObservations(merge)
            | Parsed::FetchedWindows(merge) => merge,
            Parsed::ChartEntries(charts) => charts.places,
            Parsed::Platforms(_) | Parsed::Artists(_) | Parsed::Tracks(_) | Parsed::TrackArtists(_) => {
                return Ok(());
            }
        };
        while merge.next(bad)?.is_some() {}
        Ok(())
    }
}
