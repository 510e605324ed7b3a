//! The comparison with another period by platform (S21 in docs/semantics.md): like for like, totals, and the
//! breakdown of their difference.

use crate::domain::report::{BeforeAfter, Precisions, Report, Split};
use crate::domain::text::format::grouped;
use crate::view::figures::UNKNOWN;
use crate::view::figures::growth::{Compared, platform_change, signed, split_parts};
use crate::view::report::table::{Cell, Part, Table, TableRow};

/// The platforms and the total, if there is a comparison.
pub fn growth_table(report: &Report) -> Option<Table> {
    let growth = report.growth.as_ref().filter(|growth| growth.from.is_some())?;
    let numbers = ["Compared", "Change", "Totals", "Like for like", "New", "Gone", "Calendar", "Coverage"];
    let rows = report.platforms.iter().zip(&growth.platforms).map(|(platform, row)| {
        let compared = platform_change(report, &platform.platform);
        let first = Cell::row_head(Part::platform(platform));
        TableRow::new([vec![first], cells(compared, (row.total, row.total_precision), &row.split)].concat())
    });
    let total = Cell::row_head(vec![Part::Text("TOTAL".to_owned())]);
    Some(Table {
        caption: "Change by platform".to_owned(),
        head: [Cell::head("Platform")].into_iter().chain(numbers.map(Cell::number_head)).collect(),
        bodies: vec![rows.collect()],
        foot: [
            vec![total],
            cells(Some(Compared::from(growth)), (growth.total, growth.total_precision), &growth.split),
        ]
        .concat(),
        ..Table::default()
    })
}

fn cells(
    compared: Option<Compared<'_>>,
    (total, precision): (BeforeAfter, Precisions),
    split: &Split,
) -> Vec<Cell> {
    let text = |text: String| Cell::number(vec![Part::text_or_unknown(text)]);
    let operands = compared.and_then(Compared::operands_text).unwrap_or_else(|| UNKNOWN.to_owned());
    let percent = compared.map_or_else(|| UNKNOWN.to_owned(), Compared::percent_text);
    let mut cells = vec![
        text(operands),
        text(percent),
        text(format!(
            "{} → {}",
            precision.before.with_sign(grouped(total.before)),
            precision.after.with_sign(grouped(total.after))
        )),
    ];
    cells.extend(split_parts(split).map(|(_, amount)| text(signed(amount))));
    cells
}
