//! Reports as CSV tables. Unknown or unbounded values are empty, never 0.

mod others;
mod tracks;

use crate::domain::Figure;
use crate::domain::amounts::figure::Precision;
use crate::domain::report::{PeakRow, Report};
use crate::domain::text::string_enum::string_enum;
use crate::view::figures::growth::Compared;

string_enum!(
    /// A table of a report.
    Table, "table", {
        /// A line for each track on each platform.
        Tracks = "tracks",
        /// A line a track: its total over all platforms, and that on each.
        TrackTotals = "track_totals",
        /// A line a platform.
        Platforms = "platforms",
        /// A line an artist, and what they share.
        Artists = "artists",
        /// A line for each day on each platform.
        Days = "days",
        /// A line for each track in each chart of the country.
        Charts = "charts",
        /// A line for each number of the artists as a whole (S19).
        ArtistLevel = "artist_level",
        /// The comparison with another period: the whole, by platform and by track (S21).
        Growth = "growth",
        /// The totals.
        Summary = "summary",
    }
);

/// A table of the report as UTF-8 CSV with a header line.
///
/// # Errors
/// None in practice: the writer's target is memory.
pub fn table(report: &Report, table: Table) -> Result<String, csv::Error> {
    let mut out = CsvTable(csv::Writer::from_writer(Vec::new()));
    match table {
        Table::Tracks => tracks::tracks(&mut out, report)?,
        Table::TrackTotals => tracks::track_totals(&mut out, report)?,
        Table::Platforms => others::platforms(&mut out, report)?,
        Table::Artists => others::artists(&mut out, report)?,
        Table::Days => others::days(&mut out, report)?,
        Table::Charts => others::charts(&mut out, report)?,
        Table::ArtistLevel => others::artist_level(&mut out, report)?,
        Table::Growth => others::growth(&mut out, report)?,
        Table::Summary => others::summary(&mut out, report)?,
    }
    let bytes = out.0.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8(bytes).expect("CSV of texts is text"))
}

/// The table being written.
struct CsvTable(csv::Writer<Vec<u8>>);

impl CsvTable {
    fn head(&mut self, columns: &[&str]) -> Result<(), csv::Error> {
        self.0.write_record(columns)
    }

    fn line(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), csv::Error> {
        self.0.write_record(cells)
    }
}

/// The columns of a figure; `sign` is its prefix when displayed (S10).
const FIGURE: [&str; 5] = ["estimate", "low", "high", "exact", "sign"];

fn figure(total: Option<Figure>) -> [String; 5] {
    let number = |pick: fn(Figure) -> i128| total.map(|figure| pick(figure).to_string()).unwrap_or_default();
    [
        number(|figure| figure.estimate),
        number(|figure| figure.low),
        total.and_then(|figure| figure.high).map(|high| high.to_string()).unwrap_or_default(),
        total.map(|figure| figure.exact.to_string()).unwrap_or_default(),
        total.map(|figure| figure.precision().sign().to_owned()).unwrap_or_default(),
    ]
}

const PEAK: [&str; 4] = ["peak", "peak_day", "peak_exact", "peak_sign"];

fn peak(peak: Option<PeakRow>, precision: Precision) -> [String; 4] {
    let cells = |peak: PeakRow| {
        let sign = precision.sign().to_owned();
        [peak.value.to_string(), peak.day.to_string(), peak.exact.to_string(), sign]
    };
    peak.map(cells).unwrap_or_default()
}

/// The columns of a change: the percentage and the two compared amounts.
const CHANGE: [&str; 5] = ["change_percent", "change", "change_before", "change_after", "change_exact"];

fn change(compared: Option<Compared<'_>>) -> [String; 5] {
    let cells = |compared: Compared<'_>| {
        [
            compared.percent.unwrap_or_default().to_owned(),
            compared.change.to_string(),
            compared.before.to_string(),
            compared.after.to_string(),
            compared.exact.to_string(),
        ]
    };
    compared.map(cells).unwrap_or_default()
}

/// A text cell that spreadsheets do not interpret as a formula.
pub fn text(value: &str) -> String {
    // Spreadsheets also accept full-width signs, and some end a cell at a semicolon.
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
    let cell = |cell: &str| {
        if cell.trim_start_matches(' ').starts_with(signs) { format!("'{cell}") } else { cell.to_owned() }
    };
    value.split(';').map(cell).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn formulas_are_disarmed() {
        assert_eq!(text("=1+1"), "'=1+1");
        assert_eq!(text("@x"), "'@x");
        assert_eq!(text("-"), "'-");
        assert_eq!(text("\t=1"), "'\t=1");
        assert_eq!(text("A=B"), "A=B");
        assert_eq!(text("＝1+1"), "'＝1+1");
        assert_eq!(text("x;=1+1"), "x;'=1+1");
        assert_eq!(text("Me; Myself"), "Me; Myself");
    }
}
