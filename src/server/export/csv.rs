//! A report as CSV: one line for each track on each platform, so that the lines can be added up
//! without counting anything twice.

use crate::domain::report::{CellRow, Report, TrackRow};
use crate::domain::{Day, Figure};

/// The columns. Empty where a figure is unknown or unbounded: never 0.
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

/// The report's tracks by platform as UTF-8 CSV with a header line. A track that is absent
/// everywhere has one line without a platform.
///
/// # Errors
/// None in practice: the writer's target is memory.
pub fn tracks(report: &Report) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for track in &report.tracks {
        if track.platforms.is_empty() {
            writer.write_record(line(report, track, None))?;
        }
        for cell in &track.platforms {
            writer.write_record(line(report, track, Some(cell)))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8(bytes).expect("CSV of texts is text"))
}

fn line(report: &Report, track: &TrackRow, cell: Option<&CellRow>) -> [String; COLUMNS.len()] {
    let unit =
        |code: &str| report.platforms.iter().find(|row| row.platform == code).map(|row| row.unit.as_str());
    let total = cell.and_then(|cell| cell.total);
    let peak = cell.and_then(|cell| cell.peak);
    let number = |pick: fn(Figure) -> i128| total.map(|figure| pick(figure).to_string()).unwrap_or_default();
    let flags = cell.map(|cell| cell.flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join(" "));
    [
        report.query.from.to_string(),
        report.query.to.to_string(),
        track.uuid.to_string(),
        text(&track.name),
        text(&track.credit),
        cell.map(|cell| text(&cell.platform)).unwrap_or_default(),
        cell.and_then(|cell| unit(&cell.platform)).map(text).unwrap_or_default(),
        cell.map_or(track.state, |cell| cell.state).to_string(),
        number(|figure| figure.estimate),
        number(|figure| figure.low),
        total.and_then(|figure| figure.high).map(|high| high.to_string()).unwrap_or_default(),
        total.map(|figure| figure.exact.to_string()).unwrap_or_default(),
        cell.and_then(|cell| cell.average_daily.clone()).unwrap_or_default(),
        peak.map(|peak| peak.value.to_string()).unwrap_or_default(),
        peak.map(|peak| Day::to_string(&peak.day)).unwrap_or_default(),
        cell.map(|cell| cell.days_tracked.to_string()).unwrap_or_default(),
        flags.unwrap_or_default(),
    ]
}

/// A text cell that no spreadsheet takes for a formula.
pub fn text(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn formulas_are_disarmed() {
        assert_eq!(text("=1+1"), "'=1+1");
        assert_eq!(text("@x"), "'@x");
        assert_eq!(text("-"), "'-");
        assert_eq!(text("A=B"), "A=B");
    }
}
