//! Artists side by side. A track of two of them counts once in the total, so the table has a row with the
//! subtracted amount (S12 in docs/semantics.md).

use crate::domain::Figure;
use crate::domain::report::Report;
use crate::view::report::table::{Cell, Part, Table, TableRow};

/// The artists of a report; `None` for a single artist.
pub fn artist_table(report: &Report) -> Option<Table> {
    if report.artists.len() < 2 {
        return None;
    }
    let mut rows: Vec<TableRow> = report
        .artists
        .iter()
        .map(|artist| TableRow::new(cells(&artist.name, artist.tracks, artist.total)))
        .collect();
    if !report.shared.tracks.is_empty() {
        let count = u32::try_from(report.shared.tracks.len()).unwrap_or(u32::MAX);
        rows.push(TableRow::new(cells("− Shared, counted once", count, report.shared.total)));
    }
    Some(Table {
        caption: "Artists".to_owned(),
        head: vec![Cell::head("Artist"), Cell::number_head("Tracks"), Cell::number_head("Total audience")],
        bodies: vec![rows],
        foot: cells("TOTAL", report.summary.tracks_of, report.summary.total),
        ..Table::default()
    })
}

fn cells(name: &str, tracks: u32, total: Option<Figure>) -> Vec<Cell> {
    vec![
        Cell::row_head(vec![Part::Text(name.to_owned())]),
        Cell::number(vec![Part::Text(tracks.to_string())]),
        Cell::number(vec![Part::figure(total)]),
    ]
}
