//! Comparison with another period (S21): like for like by platform and track, totals, and the decomposition
//! of the difference.

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::Cell;
use super::column::Column;
use super::format::Formats;
use super::reference::sum;
use super::sheet::{FIRST, Sheet};
use super::{Registry, period};
use crate::domain::amounts::figure::Precision;
use crate::domain::report::{BeforeAfter, Change, Growth, Precisions, Report, Split};
use crate::view::figures::growth::{Compared, other_period, sentence, split_parts};

const NAME: &str = "Growth";

/// Amount columns, after two name columns; the first two and those from the fourth on are summed.
const NUMBERS: [Column<'static>; 12] = [
    Column::number("Before, like for like", 16.0),
    Column::number("After, like for like", 16.0),
    Column::number("Change", 10.0),
    Column::number("Total before", 16.0),
    Column::number("Total after", 16.0),
    Column::number("Difference", 16.0),
    Column::number("Of it like for like", 16.0),
    Column::number("New", 15.0),
    Column::number("Gone", 15.0),
    Column::number("Calendar", 15.0),
    Column::number("Coverage", 15.0),
    Column::number("Days compared", 11.0),
];
const FIRST_NUMBER: u16 = 2;

pub fn write(
    sheet: &mut Worksheet,
    formats: &Formats,
    report: &Report,
    growth: &Growth,
) -> Result<(), XlsxError> {
    let title = format!("{} compared with {}", period(report), other_period(growth));
    let note = sentence(report).unwrap_or_default();
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, &title, &note)?;
    let columns = [&[Column::words("Platform", 30.0), Column::words("Code", 38.0)][..], &NUMBERS].concat();
    sheet.table(&columns, 1, growth.platforms.len())?;
    let registry = Registry::new(report);
    for row in &growth.platforms {
        let at = sheet.row();
        let names = [Cell::text(registry.name(&row.platform)), Cell::text(&row.platform)];
        sheet.line(names.into_iter().chain(numbers(
            Compared::from(row),
            (row.total, row.total_precision),
            &row.split,
            row.days,
            at,
        )))?;
    }
    let (at, last) = (sheet.row(), sheet.row().saturating_sub(1));
    let totals = numbers(
        Compared::from(growth),
        (growth.total, growth.total_precision),
        &growth.split,
        growth.days,
        at,
    )
    .into_iter()
    .enumerate();
    let totals = totals.map(|(column, cell)| match column {
        // The change is computed from this row; day counts are not summed.
        2 | 11 => cell,
        _ => cell.with_formula(sum(FIRST_NUMBER + column as u16, FIRST, last)),
    });
    sheet.total([Cell::text("TOTAL"), Cell::Blank].into_iter().chain(totals))?;

    let columns = [&[Column::words("Track", 0.0), Column::words("Track UUID", 0.0)][..], &NUMBERS].concat();
    sheet.section("By track", &columns, None)?;
    for (track, row) in report.tracks.iter().zip(&growth.track_rows) {
        let at = sheet.row();
        let names = [Cell::text(&track.name), Cell::text(row.uuid.to_string())];
        sheet.line(names.into_iter().chain(numbers(
            Compared::from(row),
            (row.total, row.total_precision),
            &row.split,
            row.days,
            at,
        )))?;
    }

    sheet.section("What is compared", &[Column::words("What", 0.0), Column::words("Value", 0.0)], None)?;
    for (name, cell) in [
        ("Compared with the period", Cell::text(growth.compare.as_str())),
        ("Its first day", Cell::day(growth.from)),
        ("Its last day", Cell::day(growth.to)),
        ("Compared until", Cell::day(growth.until)),
        ("Days compared", Cell::count(growth.days)),
        ("Tracks on platforms compared", Cell::count(growth.pairs)),
        ("Tracks on platforms", Cell::count(growth.pairs_of)),
        ("Tracks compared", Cell::count(growth.tracks)),
        ("Tracks", Cell::count(growth.tracks_of)),
    ] {
        sheet.line([Cell::text(name), cell])?;
    }
    Ok(())
}

/// The cells of [`NUMBERS`] in row `at`.
fn numbers<'a>(
    compared: Compared<'a>,
    (total, is): (BeforeAfter, Precisions),
    split: &Split,
    days: u32,
    at: u32,
) -> [Cell<'a>; NUMBERS.len()] {
    let precision = if compared.exact { Precision::Exact } else { Precision::About };
    let cell = |column: u16| row_col_to_cell(at, FIRST_NUMBER + column);
    let change = match compared.change {
        Change::Percent => Cell::change(compared.percent).with_formula(format!(
            "=ROUND(({after}-{before})/{before},3)",
            before = cell(0),
            after = cell(1)
        )),
        Change::New | Change::None => Cell::Placeholder(compared.change.as_str()),
    };
    let difference = format!("={}-{}", cell(4), cell(3));
    let [existing, new, gone, calendar, coverage] = split_parts(split).map(|(_, amount)| Cell::count(amount));
    [
        Cell::marked(compared.before, precision),
        Cell::marked(compared.after, precision),
        change,
        Cell::marked(total.before, is.before),
        Cell::marked(total.after, is.after),
        Cell::count(total.after - total.before).with_formula(difference),
        existing.with_formula(format!("={}-{}", cell(1), cell(0))),
        new,
        gone,
        calendar,
        coverage,
        Cell::count(days),
    ]
}
