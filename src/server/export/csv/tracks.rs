//! Tracks: one line for each track on each platform, so that the lines can be added up without counting anything
//! twice; or one line a track, as the page has it.

use std::collections::HashMap;

use super::{FIGURE, Out, figure, peak, text};
use crate::domain::report::{CellRow, PlatformRow, Report, TrackRow};

const COLUMNS: [&str; 17] = [
    "from",
    "to",
    "track_uuid",
    "track",
    "credit",
    "platform",
    "unit",
    "state",
    "estimate",
    "low",
    "high",
    "exact",
    "average_daily",
    "peak",
    "peak_day",
    "days_tracked",
    "flags",
];

/// The report's tracks by platform. A track that is absent everywhere has one line without a platform.
pub fn tracks(out: &mut Out, report: &Report) -> Result<(), csv::Error> {
    out.head(&COLUMNS)?;
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

/// The report's tracks with their totals: a column a platform, empty where the track is not there or not known.
pub fn track_totals(out: &mut Out, report: &Report) -> Result<(), csv::Error> {
    let codes = report.platforms.iter().map(|row| row.platform.as_str());
    let columns = ["track_uuid", "track", "credit", "state"].into_iter().chain(FIGURE).chain(codes);
    out.head(&columns.collect::<Vec<_>>())?;
    for track in &report.tracks {
        let before =
            [track.uuid.to_string(), text(&track.name), text(&track.credit), track.state.to_string()];
        let on = |row: &PlatformRow| {
            let cell = track.platforms.iter().find(|cell| cell.platform == row.platform);
            let total = cell.and_then(|cell| cell.total);
            total.map(|total| total.estimate.to_string()).unwrap_or_default()
        };
        out.line(before.into_iter().chain(figure(track.total)).chain(report.platforms.iter().map(on)))?;
    }
    Ok(())
}

fn line(report: &Report, track: &TrackRow, cell: Option<&CellRow>, unit: &str) -> [String; COLUMNS.len()] {
    let [estimate, low, high, exact] = figure(cell.and_then(|cell| cell.total));
    let [peak, peak_day] = peak(cell.and_then(|cell| cell.peak));
    let flags = cell.map(|cell| cell.flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join(" "));
    [
        report.query.from.to_string(),
        report.query.to.to_string(),
        track.uuid.to_string(),
        text(&track.name),
        text(&track.credit),
        cell.map(|cell| text(&cell.platform)).unwrap_or_default(),
        text(unit),
        cell.map_or(track.state, |cell| cell.state).to_string(),
        estimate,
        low,
        high,
        exact,
        cell.and_then(|cell| cell.average_daily.clone()).unwrap_or_default(),
        peak,
        peak_day,
        cell.map(|cell| cell.days_tracked.to_string()).unwrap_or_default(),
        flags.unwrap_or_default(),
    ]
}
