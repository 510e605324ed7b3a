//! A report as tables for a terminal.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, ColumnConstraint, Table};

use crate::domain::Figure;
use crate::domain::amounts::figure::Precision;
use crate::domain::report::{PeakRow, Report};
use crate::domain::time::range::range_label;
use crate::view::figures::growth::{Compared, platform_change, sentence, totals_sentence};
use crate::view::figures::{average_text, peak_text};
use crate::view::report::wording::total_label;

/// The report's summary, platforms, artists, tracks and warnings.
pub fn tables(report: &Report) -> String {
    let mut out = String::new();
    let range = range_label(report.query.from, report.query.to);
    let names: Vec<&str> = report.artists.iter().map(|artist| artist.name.as_str()).collect();
    let summary = &report.summary;
    let _ = writeln!(out, "{}, {range}", names.join(" + "));
    let _ = writeln!(
        out,
        "{} {} {} · {} of {} tracks · {} a day · coverage {}\n",
        total_label(report),
        figure(summary.total),
        report.units_label(),
        summary.tracks,
        summary.tracks_of,
        average(summary.average_daily.as_deref(), summary.total),
        summary.coverage.as_deref().unwrap_or("–"),
    );
    for words in [sentence(report), totals_sentence(report)].into_iter().flatten() {
        let _ = writeln!(out, "{words}");
    }
    if report.growth.is_some() {
        let _ = writeln!(out);
    }
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
        "≈ estimated and ≥ at least, with bounds in --json; – unknown. Data {}, report {}",
        report.data_version, report.hash
    );
    out
}

fn platforms(report: &Report) -> Table {
    let heads = ["Platform", "Total", "Unit", "% of total", "Change", "Peak", "Average a day", "Days"];
    let mut table = table(&heads, &[0, 2]);
    for row in &report.platforms {
        table.add_row([
            row.name.clone(),
            figure(row.total),
            row.unit.clone(),
            row.share.clone().unwrap_or_else(|| "–".into()),
            change(platform_change(report, &row.platform)),
            peak(row.peak, row.peak_precision()),
            average(row.average_daily.as_deref(), row.total),
            row.days_tracked.to_string(),
        ]);
    }
    let total = figure(report.summary.total);
    let share = if report.platforms.iter().any(|row| row.share.is_some()) { "100.0" } else { "–" };
    let average = average(report.summary.average_daily.as_deref(), report.summary.total);
    let days = report.summary.days_tracked.to_string();
    let whole = change(report.growth.as_ref().map(Compared::from));
    table.add_row([
        "TOTAL".into(),
        total,
        report.units_label(),
        share.into(),
        whole,
        "–".into(),
        average,
        days,
    ]);
    without_change(report, table, 4)
}

/// Drops the change column if there is no comparison.
fn without_change(report: &Report, mut table: Table, column: usize) -> Table {
    if let (None, Some(column)) = (&report.growth, table.column_mut(column)) {
        column.set_constraint(ColumnConstraint::Hidden);
    }
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
    let heads = ["Track", "Platform", "Total", "Change", "Average a day", "Peak", "Days", "Flags"];
    let mut table = table(&heads, &[0, 1, 7]);
    let changes =
        report.growth.iter().flat_map(|growth| &growth.track_rows).map(|row| Some(Compared::from(row)));
    for (track, compared) in report.tracks.iter().zip(changes.chain(std::iter::repeat(None))) {
        let title = format!("{} – {}", track.name, track.credit);
        let state = track.state_label().to_owned();
        let empty = [const { String::new() }; 4];
        let cells = [title, state, figure(track.total), change(compared)].into_iter().chain(empty);
        table.add_row(cells.collect::<Vec<_>>());
        for cell in &track.platforms {
            let flags: Vec<&str> = cell.flags.iter().map(|flag| flag.as_str()).collect();
            table.add_row([
                String::new(),
                cell.platform.clone(),
                figure(cell.total),
                String::new(),
                average(cell.average_daily.as_deref(), cell.total),
                peak(cell.peak, cell.peak_precision()),
                cell.days_tracked.to_string(),
                flags.join(", "),
            ]);
        }
    }
    without_change(report, table, 3)
}

/// A table with right-aligned columns, except those given.
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

fn average(text: Option<&str>, total: Option<Figure>) -> String {
    average_text(text, total)
}

fn peak(peak: Option<PeakRow>, precision: Precision) -> String {
    peak.map_or_else(|| "–".to_owned(), |peak| format!("{} on {}", peak_text(peak, precision), peak.day))
}

/// "+1.2 %: 77.2M → 78.1M".
fn change(compared: Option<Compared<'_>>) -> String {
    let Some(compared) = compared else { return "–".to_owned() };
    let percent = compared.percent_text();
    compared.operands_text().map_or(percent.clone(), |operands| format!("{percent}: {operands}"))
}
