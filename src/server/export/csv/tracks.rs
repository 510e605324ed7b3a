//! The tracks table: one line per track and platform, so that lines can be summed without double counting, or
//! one line per track as on the page.

use std::collections::HashMap;

use super::{CHANGE, CsvTable, FIGURE, PEAK, change, figure, peak, text};
use crate::domain::report::{CellRow, PlatformRow, Report, TrackRow};
use crate::view::figures::growth::Compared;

const BEFORE: [&str; 8] = ["from", "to", "track_uuid", "track", "credit", "platform", "unit", "state"];

/// One line per track and platform. A track that is absent everywhere has one line without a platform.
pub fn tracks(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    out.head(&[&BEFORE[..], &FIGURE, &["average_daily"], &PEAK, &["days_tracked", "flags"]].concat())?;
    let units: HashMap<&str, &str> =
        report.platforms.iter().map(|row| (row.platform.as_str(), row.unit.as_str())).collect();
    for track in &report.tracks {
        if track.platforms.is_empty() {
            out.line(line(report, track, None, ""))?;
        }
        for cell in &track.platforms {
            let unit = units.get(cell.platform.as_str()).copied().unwrap_or_default();
            out.line(line(report, track, Some(cell), unit))?;
        }
    }
    Ok(())
}

/// One line per track with a column per platform, empty if absent or unknown.
pub fn track_totals(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    let codes = report.platforms.iter().map(|row| row.platform.as_str());
    let columns = ["track_uuid", "track", "credit", "state"].into_iter().chain(FIGURE).chain(codes);
    out.head(&columns.chain(CHANGE).collect::<Vec<_>>())?;
    let changes =
        report.growth.iter().flat_map(|growth| &growth.track_rows).map(|row| Some(Compared::from(row)));
    for (track, compared) in report.tracks.iter().zip(changes.chain(std::iter::repeat(None))) {
        let before =
            [track.uuid.to_string(), text(&track.name), text(&track.credit), track.state.to_string()];
        let on = |row: &PlatformRow| {
            let cell = track.platforms.iter().find(|cell| cell.platform == row.platform);
            let total = cell.and_then(|cell| cell.total);
            total.map(|total| total.estimate.to_string()).unwrap_or_default()
        };
        let totals = figure(track.total).into_iter().chain(report.platforms.iter().map(on));
        out.line(before.into_iter().chain(totals).chain(change(compared)))?;
    }
    Ok(())
}

fn line<'a>(
    report: &Report,
    track: &TrackRow,
    cell: Option<&'a CellRow>,
    unit: &str,
) -> impl Iterator<Item = String> + use<'a> {
    let flags = cell.map(|cell| cell.flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join(" "));
    let before = [
        report.query.from.to_string(),
        report.query.to.to_string(),
        track.uuid.to_string(),
        text(&track.name),
        text(&track.credit),
        cell.map(|cell| text(&cell.platform)).unwrap_or_default(),
        text(unit),
        cell.map_or(track.state, |cell| cell.state).to_string(),
    ];
    let average = cell.and_then(|cell| cell.average_daily.clone()).unwrap_or_default();
    let peak = cell.map(|cell| peak(cell.peak, cell.peak_precision())).unwrap_or_default();
    let days = cell.map(|cell| cell.days_tracked.to_string()).unwrap_or_default();
    let figure = figure(cell.and_then(|cell| cell.total));
    before.into_iter().chain(figure).chain([average]).chain(peak).chain([days, flags.unwrap_or_default()])
}
