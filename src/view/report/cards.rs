//! The summary of a report: total, tracks, average, coverage, and the subtotal of each unit.

use super::table::Part;
use super::wording::INCOMPLETE_NOTE;
use crate::domain::report::{Report, Summary};
use crate::domain::text::format::pluralize;
use crate::view::figures::{average_text, compact_average, compact_text, growth, percent, units};

/// A summary card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The title.
    pub title: String,
    /// The number in compact form.
    pub number: Part,
    /// The exact number with its unit, or what was counted.
    pub detail: Vec<Part>,
}

/// The four cards.
pub fn cards(report: &Report) -> Vec<Card> {
    let summary = &report.summary;
    let average = summary.average_daily.as_deref();
    let card = |title: &str, number: String, detail: Vec<Part>| Card {
        title: title.to_owned(),
        number: Part::text_or_unknown(number),
        detail,
    };
    let words = |text: &str| Part::Text(text.to_owned());
    vec![
        card(
            "Total audience",
            compact_text(summary.total),
            [Part::figure(summary.total), Part::Text(units(&summary.units))]
                .into_iter()
                .chain(report.incomplete.as_ref().map(|_| Part::Note("Incomplete", INCOMPLETE_NOTE)))
                .chain(growth::sentence(report).map(Part::Below))
                .chain(growth::totals_sentence(report).map(Part::Below))
                .collect(),
        ),
        card(
            "Tracks",
            format!("{} of {}", summary.tracks, summary.tracks_of),
            vec![words("with a known figure")],
        ),
        card(
            "Average a day",
            compact_average(average, summary.total),
            vec![
                Part::text_or_unknown(average_text(average, summary.total)),
                Part::Text(format!("over {} covered", pluralize(summary.days_tracked as usize, "day"))),
            ],
        ),
        card(
            "Coverage",
            percent(summary.coverage.as_deref()),
            vec![words("of the days expected of every track and platform")],
        ),
    ]
}

/// The subtotals by unit; empty for a single unit, which equals the total.
pub fn subtotals(summary: &Summary) -> Vec<(String, Part)> {
    let units = summary.units.iter().filter(|_| summary.units.len() > 1);
    units.map(|unit| (unit.unit.clone(), Part::figure(unit.total))).collect()
}
