//! The first sheet: the total, its components, and charts of them.

use rust_xlsxwriter::{
    Chart, ChartEmptyCells, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, Color,
    Worksheet, XlsxError,
};

use super::cell::{Cell, figure_with_formulas};
use super::column::{Column, FIGURE};
use super::format::Formats;
use super::sheet::{FIRST, Sheet};
use super::{daily, period, platforms, tracks};
use crate::domain::report::{DayRow, Report};
use crate::view::figures::growth::sentence;
use crate::view::figures::units;
use crate::view::report::wording::{subject, total_label};

const NAME: &str = "Summary";

pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, &subject(report), &period(report))?;
    sheet.worksheet().set_screen_gridlines(false).set_print_fit_to_pages(1, 1);
    let first = [Column::words("Summary", 34.0), Column::number("Number", 17.0)];
    sheet.table(&[&first[..], &FIGURE[1..], &[Column::words("Unit", 46.0)]].concat(), 0, 0)?;
    let summary = &report.summary;
    let total = figure_with_formulas(summary.total, |offset| platforms::total_cell(report, offset));
    let units = Cell::text(units(&summary.units));
    sheet.total([Cell::text(total_label(report))].into_iter().chain(total).chain([units]))?;
    // With a single unit, its line would repeat the total.
    for unit in summary.units.iter().filter(|_| summary.units.len() > 1) {
        let name = format!("A{}", sheet.row() + 1);
        let total = figure_with_formulas(unit.total, |offset| platforms::sum_of_unit(report, offset, &name));
        let word = || [Cell::text(&unit.unit)];
        sheet.line(word().into_iter().chain(total).chain(word()))?;
    }
    let known = Cell::count(summary.tracks).with_formula(tracks::known_count(report));
    sheet.line([Cell::text("Tracks with a known figure"), known])?;
    sheet.line([Cell::text("Tracks"), Cell::count(summary.tracks_of)])?;
    sheet.line([Cell::text("Average a day"), Cell::decimal(summary.average_daily.as_deref())])?;
    sheet.line([Cell::text("Days covered"), Cell::count(summary.days_tracked)])?;
    sheet.line([Cell::text("Coverage"), Cell::percent(summary.coverage.as_deref())])?;
    if let Some(growth) = &report.growth {
        let words = sentence(report).unwrap_or_default();
        let change = growth
            .percent
            .as_deref()
            .map_or(Cell::Placeholder(growth.change.as_str()), |p| Cell::change(Some(p)));
        sheet.line([
            Cell::text("Change"),
            change,
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
            Cell::text(words),
        ])?;
    }
    for warning in &report.warnings {
        sheet.line([Cell::text(format!("! {}", warning.message))])?;
    }
    // Without known totals there is nothing to chart.
    if report.platforms.iter().all(|row| row.total.is_none()) {
        return Ok(());
    }
    let at = sheet.row() + 1;
    sheet.worksheet().insert_chart(at, 0, &totals(report))?;
    if let Some(days) = report.days.as_deref().filter(|days| !days.is_empty()) {
        sheet.worksheet().insert_chart(at + 18, 0, &lines(report, days))?;
    }
    Ok(())
}

/// Colours of series, distinguishable with colour vision deficiency.
const COLOURS: [Color; 8] = [
    Color::RGB(0x1F_3A_5F),
    Color::RGB(0xD5_5E_00),
    Color::RGB(0x00_9E_73),
    Color::RGB(0xCC_79_A7),
    Color::RGB(0x56_B4_E9),
    Color::RGB(0xE6_9F_00),
    Color::RGB(0x00_72_B2),
    Color::RGB(0x59_63_6E),
];

fn value_axis(chart: &mut Chart) {
    let mut lines = ChartLine::new();
    lines.set_color(Color::RGB(0xD9_DE_E4));
    chart.y_axis().set_num_format("#,##0").set_major_gridlines(true).set_major_gridlines_line(&lines);
}

fn totals(report: &Report) -> Chart {
    let [names, values] = platforms::chart_columns(report);
    let mut chart = Chart::new(ChartType::Column);
    chart
        .add_series()
        .set_name("Total audience")
        .set_categories(names)
        .set_values(values)
        .set_gap(60)
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(COLOURS[0])));
    chart.title().set_name("Total audience by platform");
    value_axis(&mut chart);
    chart.legend().set_hidden();
    chart.set_width(760).set_height(340);
    chart
}

fn lines(report: &Report, days: &[DayRow]) -> Chart {
    let last = FIRST + days.len() as u32 - 1;
    let mut chart = Chart::new(ChartType::Line);
    for (column, row) in (1..).zip(&report.platforms).filter(|(_, row)| row.total.is_some()) {
        chart
            .add_series()
            .set_name(row.name.as_str())
            .set_categories((daily::NAME, FIRST, 0, last, 0))
            .set_values((daily::NAME, FIRST, column, last, column))
            .set_format(ChartFormat::new().set_line(
                ChartLine::new().set_width(2).set_color(COLOURS[usize::from(column - 1) % COLOURS.len()]),
            ));
    }
    chart.title().set_name("Audience a day");
    chart.x_axis().set_num_format("yyyy-mm-dd").set_date_axis(true);
    value_axis(&mut chart);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    // A day without data is a gap, not zero.
    chart.show_empty_cells_as(ChartEmptyCells::Gaps);
    chart.set_width(760).set_height(380);
    chart
}
