//! Cell formats: one per kind of number on all sheets.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// Colour of titles, headers and the charts' first series.
const ACCENT: Color = Color::RGB(0x1F_3A_5F);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellStyle {
    Text,
    /// Text over several lines.
    Sentence,
    Link,
    /// Text in place of a number.
    Word,
    Count,
    /// An integer that is a lower bound, prefixed with "≥" (S10).
    AtLeast,
    /// An estimated integer, prefixed with "≈".
    About,
    /// One decimal.
    Decimal,
    /// A fraction as a percentage with one decimal.
    Share,
    /// A signed percentage.
    Change,
    /// A fraction as a percentage with two decimals.
    Percent,
    Day,
    /// A short text between numbers.
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

/// All formats of a workbook.
pub struct Formats {
    /// Sheet title.
    pub title: Format,
    /// Line below the title.
    pub note: Format,
    /// Heading between tables.
    pub section: Format,
    /// Header of a text column.
    pub head: Format,
    /// Header of a number column.
    pub number_head: Format,
    /// Header of a column of dates or short texts.
    pub middle_head: Format,
    plain: [Format; LOOKS.len()],
    total: [Format; LOOKS.len()],
}

impl Formats {
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

    /// The format of a cell style, for normal or total rows.
    pub fn get(&self, look: CellStyle, is_total: bool) -> &Format {
        let all = if is_total { &self.total } else { &self.plain };
        &all[look as usize]
    }
}

fn format(look: CellStyle, base: Format) -> Format {
    match look {
        // Indented, away from the number in the previous column.
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
