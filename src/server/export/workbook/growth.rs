//! The comparison with another period (S21): only what is known in both.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::{Cell, figure, live};
use super::column::Column;
use super::format::Formats;
use super::reference::sum;
use super::sheet::{FIRST, Sheet};
use super::{Registry, period};
use crate::domain::report::{Change, Growth, Report};
use crate::domain::view::growth::{other_period, sentence};
use crate::domain::{Figure, State};

const NAME: &str = "Growth";

/// Writes the sheet.
pub fn write(
    sheet: &mut Worksheet,
    formats: &Formats,
    report: &Report,
    growth: &Growth,
) -> Result<(), XlsxError> {
    let title = format!("{} compared with {}", period(report), other_period(growth));
    let note = sentence(report).unwrap_or_default();
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, &title, &note)?;
    let columns = [
        Column::words("Platform", 26.0),
        Column::words("Code", 14.0),
        Column::number("Before", 16.0),
        Column::number("At least", 15.0),
        Column::number("At most", 15.0),
        Column::middle("Exact", 8.0),
        Column::number("After", 16.0),
        Column::number("At least", 15.0),
        Column::number("At most", 15.0),
        Column::middle("Exact", 8.0),
        Column::number("Change", 10.0),
    ];
    sheet.table(&columns, 1, growth.platforms.len())?;
    let registry = Registry::of(report);
    for row in &growth.platforms {
        let names = [Cell::text(registry.name(&row.platform)), Cell::text(&row.platform)];
        let figures = figures(row.before).into_iter().chain(figures(row.after));
        sheet.line(names.into_iter().chain(figures).chain([change(row.change, row.percent.as_deref())]))?;
    }
    let last = sheet.row().saturating_sub(1);
    let total = |figure, first: u16| live(figure, |offset| sum(first + offset, FIRST, last));
    let cells = total(growth.before, 2).into_iter().chain(total(growth.after, 6));
    let names = [Cell::text("TOTAL"), Cell::Blank];
    let percent = change(growth.change, growth.percent.as_deref());
    sheet.total(names.into_iter().chain(cells).chain([percent]))?;

    sheet.section("What is compared", &[Column::words("What", 0.0), Column::words("Value", 0.0)], None)?;
    let compare = Cell::text(growth.compare.as_str());
    let average = Cell::answer(growth.is_per_day);
    for (name, cell) in [
        ("Compared with the period", compare),
        ("Its first day", Cell::Day(growth.from)),
        ("Its last day", Cell::Day(growth.to)),
        ("Compared until", Cell::Day(growth.until)),
        ("By averages a day", average),
        ("Tracks known in both", Cell::count(growth.tracks)),
        ("Tracks of the report", Cell::count(growth.tracks_of)),
    ] {
        sheet.line([Cell::text(name), cell])?;
    }
    Ok(())
}

/// What is not known in both periods takes no part: there is nothing to show.
fn figures<'a>(of: Option<Figure>) -> [Cell<'a>; 4] {
    figure(of, State::Unknown)
}

/// A percentage, "new" or "n/a".
fn change(change: Change, percent: Option<&str>) -> Cell<'_> {
    match change {
        Change::Percent => Cell::change(percent),
        Change::New | Change::None => Cell::Instead(change.as_str()),
    }
}
