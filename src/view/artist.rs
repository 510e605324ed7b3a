//! The artist page: master data and a report for one period.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::artists::source_label;
use crate::domain::Day;
use crate::domain::query::Period;
use crate::domain::query::listing::ArtistItem;
use crate::domain::report::{Report, TrackRow};
use crate::view::analytics::address::track_href;
use crate::view::analytics::page::MissingData;
use crate::view::report::table::{Cell, Part, Table, TableRow};

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArtistView {
    /// The artist.
    pub artist: ArtistItem,
    /// The server's date.
    pub today: Day,
    /// The report on this artist; `None` without a UUID.
    pub report: Option<Arc<Report>>,
    /// Its data gaps.
    pub missing: MissingData,
}

/// Facts about the artist as label and value.
pub fn facts(artist: &ArtistItem) -> Vec<(&'static str, String)> {
    let uuid = artist.uuid.map(|uuid| ("Soundcharts UUID", uuid.to_string()));
    let country = artist.country.clone().map(|country| ("Country", country));
    let source = Some(("Known from", source_label(&artist.source).to_owned()));
    let tracks = Some(("Tracks", artist.tracks.to_string()));
    [country, tracks, source, uuid].into_iter().flatten().collect()
}

/// Link to an artist's page for a period.
pub fn period_href(id: &str, period: Period) -> String {
    let range = period.range();
    format!("/artists/{id}?from={}&to={}", range.from(), range.to())
}

/// Link to the full report.
pub fn report_href(view: &ArtistView, report: &Report) -> String {
    format!("/analytics?artist={}&from={}&to={}", view.artist.id, report.query.from, report.query.to)
}

/// The artist's tracks with their totals, linked to their track pages.
pub fn track_table(report: &Report) -> Table {
    let row = |track: &TrackRow| {
        let href = track_href(track.uuid, report.query.from, report.query.to);
        TableRow::new(vec![
            Cell::row_head(vec![Part::Link(href, track.name.clone()), Part::Below(track.credit.clone())]),
            Cell::number(vec![Part::figure_or_none(track.total, track.state)]),
        ])
    };
    Table {
        caption: "Tracks".to_owned(),
        head: vec![Cell::head("Track"), Cell::number_head("Total audience")],
        bodies: vec![report.tracks.iter().map(row).collect()],
        ..Table::default()
    }
}
