//! A table as the page shows it: cells made of a few kinds of parts. Every table of a report is
//! built as one of these by a function of `tables`, and placed by one component; what a table says
//! is tested here, and the browser bundle holds the markup once.

use super::figures::{FigureText, UNKNOWN, exact_text, peak_text};
use super::growth::Compared;
use super::state::Sort;
use super::words::{flag_explanation, flag_label};
use crate::domain::figure::Precision;
use crate::domain::report::{PeakRow, PlatformRow};
use crate::domain::series::Flag;
use crate::domain::{Figure, State};

/// A table: its parts in the order of HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What it is, for those who cannot see it.
    pub caption: String,
    /// Its shape: a word of the style sheet.
    pub class: &'static str,
    /// The header row.
    pub head: Vec<Cell>,
    /// Groups of rows; rows that open and close together are one group.
    pub bodies: Vec<Vec<Row>>,
    /// The totals; never sorted.
    pub foot: Vec<Cell>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// What a button that opens the row refers to.
    pub id: Option<String>,
    /// Its shape.
    pub class: &'static str,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// "row" or "col" for a header.
    pub scope: Option<&'static str>,
    /// Its shape.
    pub class: &'static str,
    /// How many columns it covers, where more than one.
    pub span: Option<usize>,
    /// How the rows are sorted by this column, if they are.
    pub sorted: Option<&'static str>,
    /// What it says.
    pub parts: Vec<Part>,
}

/// What cells and cards are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Plain text.
    Text(String),
    /// Text beside the main thing, such as a unit.
    Aside(String),
    /// The same on a line of its own.
    Below(String),
    /// Text for those who cannot see the layout.
    Hidden(String),
    /// No number: unknown, which is not 0 (S10).
    Unknown,
    /// A number that is not exact: its text, and its bounds one press away.
    Bounds(String, String),
    /// A word with an explanation one press away.
    Note(&'static str, &'static str),
    /// A summary with a list one press away.
    More(String, Vec<String>),
    /// The logo of a platform: code and name.
    Logo(String, String),
    /// A picture, if there is one, of what has this name.
    Picture(Option<String>, String),
    /// A link: where it leads, and its words.
    Link(String, String),
    /// A small chart along the range: SVG path data of the area and of the line, and words for it.
    Spark(String, String, String),
    /// A button that sorts: the value it asks for, the arrow, the words.
    Sort(String, &'static str, Vec<Part>),
    /// A button that opens and closes.
    Toggle(Toggle),
    /// A table within.
    Table(Box<Table>),
}

/// A button that opens and closes a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toggle {
    /// The value it asks for.
    pub value: String,
    /// Whether the row is open.
    pub is_open: bool,
    /// The id of what it opens.
    pub controls: String,
    /// Its words.
    pub words: String,
}

impl Table {
    /// What the cells say, row by row: header, bodies, totals.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let rows = self.bodies.iter().flatten().map(|row| row.cells.as_slice());
        let all = [self.head.as_slice()].into_iter().chain(rows).chain([self.foot.as_slice()]);
        all.filter(|cells| !cells.is_empty()).map(|cells| cells.iter().map(Cell::text).collect()).collect()
    }
}

impl Row {
    /// Of these cells.
    pub fn of(cells: Vec<Cell>) -> Self {
        Row { cells, ..Row::default() }
    }
}

impl Cell {
    /// A plain cell.
    pub fn of(parts: Vec<Part>) -> Self {
        Cell { parts, ..Cell::default() }
    }

    /// A cell of a number, or of a few words.
    pub fn number(parts: Vec<Part>) -> Self {
        Cell { class: "num", parts, ..Cell::default() }
    }

    /// The header of a row.
    pub fn row_head(parts: Vec<Part>) -> Self {
        Cell { scope: Some("row"), parts, ..Cell::default() }
    }

    /// The header of a column of words.
    pub fn head(words: &str) -> Self {
        Cell { scope: Some("col"), parts: vec![Part::Text(words.to_owned())], ..Cell::default() }
    }

    /// The header of a column of numbers.
    pub fn number_head(words: &str) -> Self {
        Cell { class: "num", ..Cell::head(words) }
    }

    /// The header of a column that rows can be sorted by.
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

    /// What it says.
    pub fn text(&self) -> String {
        self.parts.iter().map(Part::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl Part {
    /// Plain text, or the sign for what is unknown.
    pub fn text_or_unknown(text: String) -> Self {
        if text == UNKNOWN { Part::Unknown } else { Part::Text(text) }
    }

    /// A figure to the last unit.
    pub fn figure(figure: Option<Figure>) -> Self {
        match exact_text(figure) {
            FigureText { text, bounds: Some(bounds) } => Part::Bounds(text, bounds),
            FigureText { text, bounds: None } => Part::text_or_unknown(text),
        }
    }

    /// A figure, or "none" where there is nothing that could have one.
    pub fn figure_or_none(total: Option<Figure>, state: State) -> Self {
        match state {
            State::Absent => Part::Aside("none".to_owned()),
            State::Known | State::Unknown => Part::figure(total),
        }
    }

    /// A peak: how much, and when.
    pub fn peak(peak: Option<PeakRow>, precision: Precision) -> Vec<Part> {
        match peak {
            None => vec![Part::Unknown],
            Some(peak) => vec![Part::Text(peak_text(peak, precision)), Part::Below(peak.day.to_string())],
        }
    }

    /// A change and what it compares.
    pub fn change(compared: Option<Compared<'_>>) -> Vec<Part> {
        let Some(compared) = compared else { return vec![Part::Unknown] };
        let operands = compared.operands_text().map(Part::Below);
        [Part::Text(compared.percent_text())].into_iter().chain(operands).collect()
    }

    /// What is unusual about a figure.
    pub fn flags(flags: &[Flag]) -> Vec<Part> {
        flags.iter().map(|flag| Part::Note(flag_label(*flag), flag_explanation(*flag))).collect()
    }

    /// A platform: logo, name and unit.
    pub fn platform(row: &PlatformRow) -> Vec<Part> {
        Part::platform_of(&row.platform, &row.name, &row.unit)
    }

    /// The same of a platform's code, name and unit.
    pub fn platform_of(code: &str, name: &str, unit: &str) -> Vec<Part> {
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
            Part::Sort(_, _, words) => Cell::of(words.clone()).text(),
            Part::Toggle(toggle) => toggle.words.clone(),
            Part::Hidden(_) | Part::Logo(..) | Part::Picture(..) | Part::Spark(..) => String::new(),
            Part::Table(table) => table.texts().concat().join(" "),
        }
    }
}
