//! Column headers and formats.

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    pub(super) name: &'a str,
    pub(super) width: f64,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Left-aligned text.
    Words,
    /// Right-aligned numbers.
    Number,
    /// Centred dates and short texts.
    Middle,
}

impl<'a> Column<'a> {
    /// A text column of the given width in characters.
    pub const fn words(name: &'a str, width: f64) -> Self {
        Column { name, width, kind: Kind::Words }
    }

    /// A number column of the given width in characters.
    pub const fn number(name: &'a str, width: f64) -> Self {
        Column { name, width, kind: Kind::Number }
    }

    /// A column of dates or short texts between numbers, of the given width in characters.
    pub const fn middle(name: &'a str, width: f64) -> Self {
        Column { name, width, kind: Kind::Middle }
    }
}

pub const FIGURE: [Column<'static>; 4] = [
    Column::number("Total audience", 17.0),
    Column::number("At least", 15.0),
    Column::number("At most", 15.0),
    Column::middle("Exact", 8.0),
];
