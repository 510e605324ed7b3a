//! Artist-level metrics: followers, listeners, views (S19 of docs/semantics.md). They are not part of the
//! track totals.

use crate::domain::report::{ArtistLevelRow, Report};
use crate::domain::text::format::{grouped, grouped_decimal};
use crate::view::report::table::{Cell, Part, Table, TableRow};
use crate::view::report::wording::measured;

/// The artist-level metrics, if there are any.
pub fn artist_level_table(report: &Report) -> Option<Table> {
    if report.artist_level.is_empty() {
        return None;
    }
    let numbers = ["First", "Last", "Change", "Average", "Sum", "Days"];
    let head = [Cell::head("Artist"), Cell::head("Number")];
    Some(Table {
        caption: "Artists as a whole".to_owned(),
        head: head.into_iter().chain(numbers.map(Cell::number_head)).collect(),
        bodies: vec![report.artist_level.iter().map(row).collect()],
        ..Table::default()
    })
}

fn row(row: &ArtistLevelRow) -> TableRow {
    let number = |number: i128| Part::Text(grouped(number));
    let value = |value: crate::domain::report::DayValue| {
        Cell::number(vec![number(value.value), Part::Below(value.day.to_string())])
    };
    let change = match row.change {
        0 => "±0".to_owned(),
        rise @ 1.. => format!("+{}", grouped(rise)),
        fall => format!("−{}", grouped(-fall)),
    };
    TableRow::new(vec![
        Cell::row_head(vec![Part::Text(row.artist_name.clone())]),
        Cell::new(vec![
            Part::Logo(row.platform.clone(), row.platform_name.clone()),
            Part::Text(format!("{} {}", row.platform_name, measured(row))),
        ]),
        value(row.first),
        value(row.last),
        Cell::number(vec![Part::Text(change)]),
        Cell::number(vec![Part::Text(grouped_decimal(&row.average))]),
        // Only flows are additive.
        Cell::number(vec![row.total.map_or(Part::Text("none".to_owned()), number)]),
        Cell::number(vec![Part::Text(row.days.to_string())]),
    ])
}
