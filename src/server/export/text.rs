//! A report as tables for a terminal.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, Table};

use crate::domain::Figure;
use crate::domain::format::{grouped, grouped_decimal};
use crate::domain::range::range_label;
use crate::domain::report::{PeakRow, Report};

/// The report's summary, platforms, artists, tracks and warnings.
pub fn tables(report: &Report) -> String {
    let mut out = String::new();
    let range = range_label(report.query.from, report.query.to);
    let names: Vec<&str> = report.artists.iter().map(|artist| artist.name.as_str()).collect();
    let summary = &report.summary;
    let _ = writeln!(out, "{}, {range}", names.join(" + "));
    let _ = writeln!(
        out,
        "Total {} {} · {} of {} tracks · {} a day · coverage {}\n",
        figure(summary.total),
        report.units_label(),
        summary.tracks,
        summary.tracks_of,
        average(summary.average_daily.as_deref()),
        summary.coverage.as_deref().unwrap_or("–"),
    );
    let _ = writeln!(out, "{}", platforms(report));
    if report.artists.len() > 1 {
        let _ = writeln!(out, "{}", artists(report));
    }
    let _ = writeln!(out, "{}", tracks(report));
    for warning in &report.warnings {
        let _ = writeln!(out, "! {}", warning.message);
    }
    let _ = writeln!(
        out,
        "≈ not exact, with bounds in --json; – unknown. Data {}, report {}",
        report.data_version, report.hash
    );
    out
}

fn platforms(report: &Report) -> Table {
    let mut table =
        table(&["Platform", "Total", "Unit", "% of total", "Peak", "Average a day", "Days"], &[0, 2]);
    for row in &report.platforms {
        table.add_row([
            row.name.clone(),
            figure(row.total),
            row.unit.clone(),
            row.share.clone().unwrap_or_else(|| "–".into()),
            peak(row.peak),
            average(row.average_daily.as_deref()),
            row.days_tracked.to_string(),
        ]);
    }
    let total = figure(report.summary.total);
    let share = if report.platforms.iter().any(|row| row.share.is_some()) { "100.0" } else { "–" };
    let average = average(report.summary.average_daily.as_deref());
    let days = report.summary.days_tracked.to_string();
    table.add_row(["TOTAL".into(), total, report.units_label(), share.into(), "–".into(), average, days]);
    table
}

fn artists(report: &Report) -> Table {
    let mut table = table(&["Artist", "Tracks", "Total"], &[0]);
    for artist in &report.artists {
        table.add_row([artist.name.clone(), artist.tracks.to_string(), figure(artist.total)]);
    }
    if !report.shared.tracks.is_empty() {
        let shared = format!("- shared ({} tracks)", report.shared.tracks.len());
        table.add_row([shared, String::new(), figure(report.shared.total)]);
    }
    table.add_row(["= TOTAL".into(), report.summary.tracks_of.to_string(), figure(report.summary.total)]);
    table
}

fn tracks(report: &Report) -> Table {
    let mut table =
        table(&["Track", "Platform", "Total", "Average a day", "Peak", "Days", "Flags"], &[0, 1, 6]);
    for track in &report.tracks {
        let title = format!("{} – {}", track.name, track.credit);
        table.add_row([
            title,
            track.state_label().into(),
            figure(track.total),
            "".into(),
            "".into(),
            "".into(),
            "".into(),
        ]);
        for cell in &track.platforms {
            let flags: Vec<&str> = cell.flags.iter().map(|flag| flag.as_str()).collect();
            table.add_row([
                String::new(),
                cell.platform.clone(),
                figure(cell.total),
                average(cell.average_daily.as_deref()),
                peak(cell.peak),
                cell.days_tracked.to_string(),
                flags.join(", "),
            ]);
        }
    }
    table
}

/// A table whose columns are right-aligned but for those named.
fn table(header: &[&str], left: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(header);
    for (index, column) in table.column_iter_mut().enumerate() {
        if !left.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn figure(figure: Option<Figure>) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| figure.label())
}

fn average(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), grouped_decimal)
}

fn peak(peak: Option<PeakRow>) -> String {
    peak.map_or_else(|| "–".to_owned(), |peak| format!("{} on {}", grouped(peak.value), peak.day))
}
