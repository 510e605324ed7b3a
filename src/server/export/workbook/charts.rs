//! The chart entries that make tracks pass the country filter (S18).

use std::collections::HashMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Registry;
use super::cell::Cell;
use super::column::Column;
use super::format::Formats;
use super::sheet::Sheet;
use crate::domain::report::{CountryEvidence, Report};

const NAME: &str = "Charts";

pub fn write(
    sheet: &mut Worksheet,
    formats: &Formats,
    report: &Report,
    evidence: &CountryEvidence,
) -> Result<(), XlsxError> {
    let title = format!("Chart appearances, {}", evidence.country.as_str());
    let note =
        "Why these tracks are in the report. Audience metrics are platform-wide, not country-specific.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, &title, note)?;
    let columns = [
        Column::words("Track", 34.0),
        Column::words("Chart", 36.0),
        Column::words("Chart's code", 28.0),
        Column::words("Platform", 18.0),
        Column::number("Best position", 11.0),
        Column::middle("First day", 12.0),
        Column::middle("Last day", 12.0),
        Column::number("Days", 8.0),
        Column::words("Track UUID", 38.0),
    ];
    sheet.table(&columns, 1, evidence.tracks.iter().map(|track| track.charts.len()).sum())?;
    let registry = Registry::new(report);
    let names: HashMap<_, _> = report.tracks.iter().map(|track| (track.uuid, track.name.as_str())).collect();
    for track in &evidence.tracks {
        for chart in &track.charts {
            sheet.line([
                Cell::text(names.get(&track.track).copied().unwrap_or_default()),
                Cell::text(&chart.name),
                Cell::text(&chart.chart),
                Cell::text(registry.name(&chart.platform)),
                Cell::count(chart.best_position),
                Cell::Day(chart.first),
                Cell::Day(chart.last),
                Cell::count(chart.days),
                Cell::text(track.track.to_string()),
            ])?;
        }
    }
    Ok(())
}
