//! Names of export files, and workbooks on disk.

use std::fs::File;
use std::io::{BufWriter, Seek as _, Write as _};

use super::workbook;
use crate::domain::Range;
use crate::domain::report::Report;
use crate::server::error::Error;

/// Maximum artists in a file name; beyond it, their number.
const NAMED: usize = 2;
/// Maximum characters per artist.
const LETTERS: usize = 40;

/// "music-analytics-achille-lauro-2026-09.xlsx": artists and days, in ASCII.
pub fn file_name(report: &Report, ending: &str) -> String {
    let range = Range::new(report.query.from, report.query.to).ok();
    let days = range
        .and_then(Range::as_month)
        .map_or_else(|| format!("{}-to-{}", report.query.from, report.query.to), |month| month.to_string());
    let mut parts = vec!["music-analytics".to_owned()];
    parts.extend(report.artists.iter().take(NAMED).map(|artist| plain(&artist.name)));
    match report.artists.len().saturating_sub(NAMED) {
        0 => {}
        more => parts.push(format!("and-{more}-more")),
    }
    parts.retain(|part| !part.is_empty());
    format!("{}-{days}{ending}", parts.join("-"))
}

/// The name in lower-case ASCII letters and digits, its words joined by hyphens.
fn plain(name: &str) -> String {
    let ascii = deunicode::deunicode(name).to_lowercase();
    let words = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut plain: String = words.collect::<Vec<_>>().join("-");
    plain.truncate(LETTERS);
    plain.trim_end_matches('-').to_owned()
}

/// Writes the workbook to an unnamed temporary file, deleted when closed, and returns it ready for reading.
///
/// # Errors
/// Those of [`workbook::write`]; the disk is full.
pub fn workbook_file(report: &Report, base: &str) -> Result<File, Error> {
    let doing = "write a temporary workbook";
    let mut file = tempfile::tempfile().map_err(Error::io(doing))?;
    let mut writer = BufWriter::new(&mut file);
    workbook::write(report, base, &mut writer)?;
    writer.flush().map_err(Error::io(doing))?;
    drop(writer);
    file.rewind().map_err(Error::io(doing))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::report::tables::tests::report;

    #[test]
    fn files_are_named_after_artists_and_days() {
        let mut report = report();
        assert_eq!(file_name(&report, ".xlsx"), "music-analytics-abe-ada-2026-09-01-to-2026-09-02.xlsx");
        report.query.to = "2026-09-30".parse().unwrap();
        report.artists.truncate(1);
        report.artists[0].name = "Achille Lauro".to_owned();
        assert_eq!(file_name(&report, "-days.csv"), "music-analytics-achille-lauro-2026-09-days.csv");
        report.artists[0].name = "Łódź \"0\"/..\r\n".to_owned();
        assert_eq!(file_name(&report, ".csv"), "music-analytics-lodz-0-2026-09.csv");
        report.artists[0].name = "=+".to_owned();
        assert_eq!(file_name(&report, ".csv"), "music-analytics-2026-09.csv");
        report.artists = vec![report.artists[0].clone(); 5];
        assert_eq!(file_name(&report, ".csv"), "music-analytics-and-3-more-2026-09.csv");
    }
}
