//! Table model: cells made of a few kinds of parts. Functions in `tables` build every table of a report in
//! this form and one component renders it, so the content can be tested here and the markup is in the bundle
//! only once.

use super::wording::{flag_explanation, flag_label};
use crate::domain::amounts::figure::Precision;
use crate::domain::report::{PeakRow, PlatformRow};
use crate::domain::series::Flag;
use crate::domain::{Figure, State};
use crate::view::analytics::state::Sort;
use crate::view::figures::growth::Compared;
use crate::view::figures::{FigureText, UNKNOWN, exact_text, peak_text};

/// A table: its parts in the order of HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The caption, for screen readers.
    pub caption: String,
    /// The CSS class.
    pub class: &'static str,
    /// The header row.
    pub head: Vec<Cell>,
    /// Groups of rows; rows that open and close together are one group.
    pub bodies: Vec<Vec<TableRow>>,
    /// The totals; never sorted.
    pub foot: Vec<Cell>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRow {
    /// The element id, referenced by the button that expands the row.
    pub id: Option<String>,
    /// The CSS class.
    pub class: &'static str,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// "row" or "col" for a header.
    pub scope: Option<&'static str>,
    /// The CSS class.
    pub class: &'static str,
    /// The number of columns it spans, if more than one.
    pub span: Option<usize>,
    /// The value of `aria-sort`, if the table is sorted by this column.
    pub sorted: Option<&'static str>,
    /// The content.
    pub parts: Vec<Part>,
}

/// A piece of content of a cell or a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Plain text.
    Text(String),
    /// Secondary text, such as a unit.
    Aside(String),
    /// Secondary text on its own line.
    Below(String),
    /// Text for screen readers only.
    Hidden(String),
    /// An unknown number, which is not 0 (S10).
    Unknown,
    /// An inexact number: text and expandable bounds.
    Bounds(String, String),
    /// A label with an expandable explanation.
    Note(&'static str, &'static str),
    /// A summary with an expandable list.
    More(String, Vec<String>),
    /// The logo of a platform: code and name.
    Logo(String, String),
    /// A picture: URL, if there is one, and name.
    Picture(Option<String>, String),
    /// A link: href and text.
    Link(String, String),
    /// A sparkline: SVG path data of area and line, and a text alternative.
    Spark(String, String, String),
    /// A sort button: value, arrow and label.
    Sort(String, &'static str, Vec<Part>),
    /// A button that expands a row.
    Toggle(Toggle),
    /// A nested table.
    Table(Box<Table>),
}

/// A button that expands or collapses a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toggle {
    /// The form value it submits.
    pub value: String,
    /// Whether the row is expanded.
    pub is_open: bool,
    /// The id of the expanded row.
    pub controls: String,
    /// The label.
    pub words: String,
}

impl Table {
    /// The text of all cells, row by row: header, bodies, totals.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let rows = self.bodies.iter().flatten().map(|row| row.cells.as_slice());
        let all = [self.head.as_slice()].into_iter().chain(rows).chain([self.foot.as_slice()]);
        all.filter(|cells| !cells.is_empty()).map(|cells| cells.iter().map(Cell::text).collect()).collect()
    }
}

impl TableRow {
    /// A row without id or class.
    pub fn new(cells: Vec<Cell>) -> Self {
        TableRow { cells, ..TableRow::default() }
    }
}

impl Cell {
    /// A plain cell.
    pub fn new(parts: Vec<Part>) -> Self {
        Cell { parts, ..Cell::default() }
    }

    /// A right-aligned cell.
    pub fn number(parts: Vec<Part>) -> Self {
        Cell { class: "num", parts, ..Cell::default() }
    }

    /// The header of a row.
    pub fn row_head(parts: Vec<Part>) -> Self {
        Cell { scope: Some("row"), parts, ..Cell::default() }
    }

    /// A column header.
    pub fn head(words: &str) -> Self {
        Cell { scope: Some("col"), parts: vec![Part::Text(words.to_owned())], ..Cell::default() }
    }

    /// The header of a right-aligned column.
    pub fn number_head(words: &str) -> Self {
        Cell { class: "num", ..Cell::head(words) }
    }

    /// The header of a sortable column.
    pub fn sort_head(words: Vec<Part>, key: &str, sort: &Sort, class: &'static str) -> Self {
        let is_sorted = sort.key == key;
        let arrow = match (is_sorted, sort.descending) {
            (false, _) => "↕",
            (true, false) => "▲",
            (true, true) => "▼",
        };
        let button = Part::Sort(Sort::toggled(sort, key).to_string(), arrow, words);
        let sorted = is_sorted.then(|| sort.aria());
        Cell { scope: Some("col"), class, sorted, parts: vec![button], ..Cell::default() }
    }

    /// The content as plain text.
    pub fn text(&self) -> String {
        self.parts.iter().map(Part::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl Part {
    /// Plain text, or [`Part::Unknown`] for [`UNKNOWN`].
    pub fn text_or_unknown(text: String) -> Self {
        if text == UNKNOWN { Part::Unknown } else { Part::Text(text) }
    }

    /// A figure with all digits.
    pub fn figure(figure: Option<Figure>) -> Self {
        match exact_text(figure) {
            FigureText { text, bounds: Some(bounds) } => Part::Bounds(text, bounds),
            FigureText { text, bounds: None } => Part::text_or_unknown(text),
        }
    }

    /// A figure, or "none" if absent.
    pub fn figure_or_none(total: Option<Figure>, state: State) -> Self {
        match state {
            State::Absent => Part::Aside("none".to_owned()),
            State::Known | State::Unknown => Part::figure(total),
        }
    }

    /// A peak with its day.
    pub fn peak(peak: Option<PeakRow>, precision: Precision) -> Vec<Part> {
        match peak {
            None => vec![Part::Unknown],
            Some(peak) => vec![Part::Text(peak_text(peak, precision)), Part::Below(peak.day.to_string())],
        }
    }

    /// A change with the compared amounts.
    pub fn change(compared: Option<Compared<'_>>) -> Vec<Part> {
        let Some(compared) = compared else { return vec![Part::Unknown] };
        let operands = compared.operands_text().map(Part::Below);
        [Part::Text(compared.percent_text())].into_iter().chain(operands).collect()
    }

    /// The flags of a figure.
    pub fn flags(flags: &[Flag]) -> Vec<Part> {
        flags.iter().map(|flag| Part::Note(flag_label(*flag), flag_explanation(*flag))).collect()
    }

    /// A platform: logo, name and unit.
    pub fn platform(row: &PlatformRow) -> Vec<Part> {
        Part::platform_parts(&row.platform, &row.name, &row.unit)
    }

    /// The same from code, name and unit.
    pub fn platform_parts(code: &str, name: &str, unit: &str) -> Vec<Part> {
        let logo = Part::Logo(code.to_owned(), name.to_owned());
        vec![logo, Part::Text(name.to_owned()), Part::Aside(unit.to_owned())]
    }

    fn text(&self) -> String {
        match self {
            Part::Text(text)
            | Part::Aside(text)
            | Part::Below(text)
            | Part::Bounds(text, _)
            | Part::Link(_, text) => text.clone(),
            Part::Unknown => UNKNOWN.to_owned(),
            Part::Note(label, _) => (*label).to_owned(),
            Part::More(label, _) => label.clone(),
            Part::Sort(_, _, words) => Cell::new(words.clone()).text(),
            Part::Toggle(toggle) => toggle.words.clone(),
            Part::Hidden(_) | Part::Logo(..) | Part::Picture(..) | Part::Spark(..) => String::new(),
            Part::Table(table) => table.texts().concat().join(" "),
        }
    }
}
