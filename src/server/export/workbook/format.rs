//! Cell formats: one per kind of number on all sheets.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The colour of titles, headers and the charts' first series.
const ACCENT: Color = Color::RGB(0x1F_3A_5F);

/// The kinds of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellStyle {
    /// Words.
    Text,
    /// Sentences, over several lines.
    Sentence,
    /// An address that can be opened.
    Link,
    /// Words that stand for a number.
    Word,
    /// A whole number.
    Count,
    /// A whole number that is a lower bound: the same number, led by "≥" (S10).
    AtLeast,
    /// A whole number that is estimated: the same number, led by "≈".
    About,
    /// One digit after the point.
    Decimal,
    /// A share of 1 as percent with one digit.
    Share,
    /// A change as percent with its sign.
    Change,
    /// A share of 1 as percent with two digits.
    Percent,
    /// A date.
    Day,
    /// A word between numbers.
    Middle,
}

const LOOKS: [CellStyle; 13] = [
    CellStyle::Text,
    CellStyle::Sentence,
    CellStyle::Link,
    CellStyle::Word,
    CellStyle::Count,
    CellStyle::AtLeast,
    CellStyle::About,
    CellStyle::Decimal,
    CellStyle::Share,
    CellStyle::Change,
    CellStyle::Percent,
    CellStyle::Day,
    CellStyle::Middle,
];

/// All formats, made once for a workbook.
pub struct Formats {
    /// The title of a sheet.
    pub title: Format,
    /// The line under the title.
    pub note: Format,
    /// A heading between tables.
    pub section: Format,
    /// The header of a column of words.
    pub head: Format,
    /// The header of a column of numbers.
    pub number_head: Format,
    /// The header of a column of dates or of short words.
    pub middle_head: Format,
    plain: [Format; LOOKS.len()],
    total: [Format; LOOKS.len()],
}

impl Formats {
    /// The formats of a workbook.
    pub fn new() -> Self {
        let base = || Format::new().set_align(FormatAlign::Top);
        let head = Format::new()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(ACCENT)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap()
            .set_indent(1);
        let heading = base().set_bold().set_font_color(ACCENT);
        Formats {
            title: heading.clone().set_font_size(16),
            note: base().set_font_color(Color::RGB(0x59_63_6E)),
            section: heading.set_font_size(12),
            middle_head: head.clone().set_indent(0).set_align(FormatAlign::Center),
            number_head: head.clone().set_indent(0).set_align(FormatAlign::Right),
            head,
            plain: LOOKS.map(|look| format(look, base())),
            total: LOOKS.map(|look| {
                let strong = base().set_bold().set_border_top(FormatBorder::Thin);
                format(look, strong.set_background_color(Color::RGB(0xEA_EE_F4)))
            }),
        }
    }

    /// The format of a cell, in a row of totals or not.
    pub fn get(&self, look: CellStyle, is_total: bool) -> &Format {
        let all = if is_total { &self.total } else { &self.plain };
        &all[look as usize]
    }
}

fn format(look: CellStyle, base: Format) -> Format {
    match look {
        // Away from the numbers beside it.
        CellStyle::Text => base.set_align(FormatAlign::Left).set_indent(1),
        CellStyle::Sentence => base.set_text_wrap().set_align(FormatAlign::Left).set_indent(1),
        CellStyle::Link => {
            base.set_align(FormatAlign::Left).set_indent(1).set_font_color(Color::RGB(0x0B_57_D0))
        }
        CellStyle::Word => base.set_align(FormatAlign::Right),
        CellStyle::Count => base.set_num_format("#,##0"),
        CellStyle::AtLeast => base.set_num_format("\"≥ \"#,##0"),
        CellStyle::About => base.set_num_format("\"≈ \"#,##0"),
        CellStyle::Decimal => base.set_num_format("#,##0.0"),
        CellStyle::Share => base.set_num_format("0.0%"),
        CellStyle::Change => base.set_num_format("+0.0%;-0.0%;0.0%"),
        CellStyle::Percent => base.set_num_format("0.00%"),
        CellStyle::Day => base.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        CellStyle::Middle => base.set_align(FormatAlign::Center),
    }
}
