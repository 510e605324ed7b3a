//! Columns: what they are called, and how they look.

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    pub(super) name: &'a str,
    pub(super) width: f64,
    pub(super) kind: Kind,
}

/// What is in a column.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Words, from the left.
    Words,
    /// Numbers, to the right.
    Number,
    /// Dates and short words.
    Middle,
}

impl<'a> Column<'a> {
    /// A column of words, so many characters wide.
    pub const fn words(name: &'a str, width: f64) -> Self {
        Column { name, width, kind: Kind::Words }
    }

    /// A column of numbers, so many characters wide.
    pub const fn number(name: &'a str, width: f64) -> Self {
        Column { name, width, kind: Kind::Number }
    }

    /// A column of dates or of short words between numbers, so many characters wide.
    pub const fn middle(name: &'a str, width: f64) -> Self {
        Column { name, width, kind: Kind::Middle }
    }
}

/// The columns of a figure.
pub const FIGURE: [Column<'static>; 4] = [
    Column::number("Total audience", 17.0),
    Column::number("At least", 15.0),
    Column::number("At most", 15.0),
    Column::middle("Exact", 8.0),
];
