//! Glossary of the workbook's terms, with the rules of docs/semantics.md that define them.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::Cell;
use super::column::Column;
use super::format::Formats;
use super::sheet::Sheet;

const NAME: &str = "Definitions";
/// Characters that certainly fit on a line of the text column.
const LETTERS: usize = 90;

/// Word, meaning, rules.
const WORDS: [(&str, &str, &str); 22] = [
    (
        "Total audience",
        "What happened within the range: streams, views, Shazams and so on, as the unit says. Lifetime totals are never added up, only what they grew by.",
        "S1, S7, S15",
    ),
    (
        "Counter",
        "A number that a platform counts from the beginning on. The audience of some days is the difference between two of its values.",
        "section 1",
    ),
    ("Estimate", "The best reading of the evidence: the number under “Total audience”.", "S7, S8"),
    ("At least (low)", "The evidence shows that the amount was not smaller than this.", "S7, S8"),
    (
        "At most (high)",
        "The evidence shows that the amount was not larger than this; “no bound” where nothing limits it.",
        "S9",
    ),
    (
        "Exact",
        "Yes: every day is covered by whole steps, and estimate and bounds are one number. Else the sign that leads the number.",
        "S10",
    ),
    ("≈", "Estimated; the bounds stand beside it. The cell holds the plain number.", "S10"),
    (
        "≥",
        "A lower bound: so much is sure, and nothing limits it from above. The cell holds the plain number.",
        "S10",
    ),
    (
        "–",
        "Unknown: no day of the range is covered. It is not zero, and adds nothing to a sum but takes the upper bound from it.",
        "S10",
    ),
    (
        "State",
        "Known: at least one day is covered. Unknown: it exists or was never asked for, and no day is covered. Absent: it does not exist there in this range.",
        "S13",
    ),
    (
        "Empty cell",
        "There is nothing to measure: the track is absent on that platform, or the day has no data.",
        "S13, S16",
    ),
    (
        "% of total",
        "The estimate's part of the grand total. Shares have one decimal and are rounded so that they make 100.0 %.",
        "S14",
    ),
    (
        "Peak",
        "The largest amount of a day of which at most a tenth is estimated, with the first day that had it. Of a platform: the best day of all tracks together.",
        "S13, S14",
    ),
    ("Average a day", "The estimate divided by the days tracked.", "S13, S15"),
    ("Days tracked", "Days of the range on which any series has data.", "S13, S14"),
    ("Coverage", "Covered days as a part of those expected, over every track on every platform.", "S17"),
    (
        "Data until, asked until",
        "The last day with a value of any track, and the last day that the provider was asked for.",
        "S17",
    ),
    (
        "Whole days, parts of longer steps",
        "Amounts counted on one day, and a day's portion of amounts known only for several days together.",
        "S16",
    ),
    (
        "Shared",
        "Tracks of several of the chosen artists: they count once in the total, so artists − shared = total.",
        "S12",
    ),
    (
        "Country",
        "Selects tracks that appeared in charts of the country. Audience numbers are not divided by country.",
        "S18",
    ),
    (
        "Growth",
        "The change against another period, like for like: the same days of the same tracks and platforms, where both periods have data. The rest of the difference of the totals is new, gone, calendar (days that one period does not have) or coverage (data in one period only).",
        "S21",
    ),
    (
        "Numbers as text",
        "A spreadsheet rounds whole numbers above 9,007,199,254,740,992. Such numbers are kept as text, with a note, and in no formula.",
        "S23",
    ),
];

pub fn write(sheet: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
    let note = "The rules are those of docs/semantics.md.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, NAME, note)?;
    sheet.worksheet().set_screen_gridlines(false);
    let columns =
        [Column::words("Word", 32.0), Column::words("What it means", 100.0), Column::words("Rules", 14.0)];
    sheet.table(&columns, 0, WORDS.len())?;
    for (word, meaning, rules) in WORDS {
        // Not every program adjusts the row height automatically.
        let lines = meaning.chars().count().div_ceil(LETTERS) as u32;
        let row = sheet.row();
        sheet.worksheet().set_row_height(row, 16 * lines)?;
        sheet.line([Cell::text(word), Cell::sentence(meaning), Cell::text(rules)])?;
    }
    Ok(())
}
