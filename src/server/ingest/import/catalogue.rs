//! Files of artists, tracks and track artists.

use super::bad_lines::BadLines;
use super::collect::UniqueRows;
use super::existing_rows::ExistingRows;
use super::row::CsvRow;
use super::rows::ImportFile;
use super::watch::ImportProgress;
use crate::domain::Role;
use crate::domain::catalogue::{Artist, Source, Track};
use crate::server::error::Error;
use crate::server::store::tables::track_artists::TrackCredit;

/// Reads a file of artists.
pub fn artists(
    file: &ImportFile,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(Vec<Artist>, u64), Error> {
    let mut rows = UniqueRows::new();
    let lines = file.for_each_row(watch, bad, |row| {
        Ok(artist(row).and_then(|artist| rows.add(artist.key(), artist, row.line)))
    })?;
    Ok((rows.into_rows(), lines))
}

/// Parses the columns of `FileKind::Artists`.
fn artist(row: &CsvRow<'_>) -> Result<Artist, String> {
    let uuid = if row.text(0)?.is_empty() { None } else { Some(row.uuid(0)?) };
    let without_word = if uuid.is_some() { Source::Soundcharts } else { Source::Manual };
    let country = row.optional_country(3)?;
    Ok(Artist {
        uuid,
        name: row.required(1)?,
        slug: row.optional(2)?,
        country_code: country.map(|country| country.as_str().to_owned()),
        image_url: row.optional(4)?,
        source: row.optional_word(5)?.unwrap_or(without_word),
        external_id: row.optional(6)?,
    })
}

/// Reads a file of tracks.
pub fn tracks(
    file: &ImportFile,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(Vec<Track>, u64), Error> {
    let mut rows = UniqueRows::new();
    let lines = file.for_each_row(watch, bad, |row| {
        Ok(track(row).and_then(|track| rows.add(track.uuid, track, row.line)))
    })?;
    Ok((rows.into_rows(), lines))
}

/// Parses the columns of `FileKind::Tracks`.
fn track(row: &CsvRow<'_>) -> Result<Track, String> {
    Ok(Track {
        uuid: row.uuid(0)?,
        name: row.required(1)?,
        credit_name: row.optional(2)?,
        isrc: row.optional(3)?,
        release_date: row.optional_day(4)?,
        image_url: row.optional(5)?,
    })
}

/// A line about an artist and a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkLine {
    /// The artist is credited on the track.
    Part(TrackCredit),
    /// The artist is not credited on the track: role `none`.
    None { track_id: i64, artist_id: i64 },
}

impl LinkLine {
    /// Track id and artist id.
    pub fn key(&self) -> (i64, i64) {
        match self {
            LinkLine::Part(part) => (part.track_id, part.artist_id),
            LinkLine::None { track_id, artist_id } => (*track_id, *artist_id),
        }
    }
}

/// The role that removes a link.
const NONE: &str = "none";

/// Reads a file of track artists.
pub fn links(
    file: &ImportFile,
    known: &ExistingRows,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(Vec<LinkLine>, u64), Error> {
    let mut rows = UniqueRows::new();
    let lines = file.for_each_row(watch, bad, |row| {
        Ok(link(row, known).and_then(|(key, link)| rows.add(key, link, row.line)))
    })?;
    Ok((rows.into_rows(), lines))
}

/// Parses the columns of `FileKind::TrackArtists`.
fn link(row: &CsvRow<'_>, known: &ExistingRows) -> Result<((i64, i64), LinkLine), String> {
    let track_id = known.track(row.uuid(0)?)?;
    let artist_id = known.artist(row.uuid(1)?)?;
    let link = if row.text(2)?.eq_ignore_ascii_case(NONE) {
        LinkLine::None { track_id, artist_id }
    } else {
        let role = row.optional_word(2)?.unwrap_or(Role::Main);
        LinkLine::Part(TrackCredit { track_id, artist_id, role })
    };
    Ok(((track_id, artist_id), link))
}
