//! Days by platform. A day that no series covers is unknown, never zero (S16 in docs/semantics.md).

use crate::domain::report::{DayCell, DayRow, PlatformRow, Report};
use crate::view::ViewState;
use crate::view::figures::day_text;
use crate::view::report::table::{Cell, Part, Table, TableRow};
use crate::view::report::tracks::{day_sort, sorted_days};

/// The daily rows of a report, if requested.
pub fn day_table(report: &Report, view: &ViewState) -> Option<Table> {
    let days = report.days.as_ref()?;
    let sort = day_sort(view);
    let column =
        |row: &PlatformRow| Cell { class: "num", scope: Some("col"), ..Cell::new(Part::platform(row)) };
    let mut head = vec![Cell::sort_head(vec![Part::Text("Day".to_owned())], "day", &sort, "")];
    head.extend(report.platforms.iter().map(column));
    let total = |row: &PlatformRow| Cell::number(vec![Part::figure_or_none(row.total, row.state)]);
    let mut foot = vec![Cell::row_head(vec![Part::Text("TOTAL".to_owned())])];
    foot.extend(report.platforms.iter().map(total));
    Some(Table {
        caption: "Days by platform".to_owned(),
        class: "dated",
        head,
        bodies: vec![sorted_days(days, &sort).into_iter().map(row).collect()],
        foot,
    })
}

fn row(day: &DayRow) -> TableRow {
    let cell = |cell: &DayCell| {
        let corrected = (cell.corrected > 0).then(|| Part::Aside("corrected".to_owned()));
        Cell::number([Part::text_or_unknown(day_text(cell))].into_iter().chain(corrected).collect())
    };
    let first = Cell::row_head(vec![Part::Text(day.day.to_string())]);
    TableRow::new([first].into_iter().chain(day.platforms.iter().map(cell)).collect())
}
