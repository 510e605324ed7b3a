//! Iterates over the lines of an import file.

use std::cell::Cell;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::bad_lines::BadLines;
use super::line_endings::LineEndings;
use super::row::CsvRow;
use super::source::Source;
use super::watch::ImportProgress;
use crate::domain::catalogue::file_kind::FileKind;
use crate::server::error::Error;
use csv::ByteRecord;
use memchr::memchr_iter;

/// Read buffer size.
const BUFFER: usize = 1 << 18;
/// Lines between two checks for cancellation.
const STRIDE: u64 = 4096;
/// Maximum line length. An unclosed quotation mark makes one line of the rest of the file.
const LONGEST_LINE: usize = 16 << 20;

/// An import file with a recognized header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// As given by the caller.
    pub path: PathBuf,
    pub kind: FileKind,
    /// Index of each of the kind's columns in the file, if present.
    pub(super) columns: Vec<Option<usize>>,
    /// Number of columns in the file.
    width: usize,
    source: Source,
    delimiter: u8,
}

/// Normalizes a column name: "Track UUID" and "song_uuid" are "track_uuid".
fn column_name(header: &str) -> String {
    let name = header.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_");
    match name.as_str() {
        // The name in the provider's data feed.
        "song_uuid" => "track_uuid".to_owned(),
        "platform_code" => "platform".to_owned(),
        "audience" => "value".to_owned(),
        _ => name,
    }
}

impl ImportFile {
    /// Detects the format and reads the header line.
    ///
    /// # Errors
    /// The file cannot be read; the inner error describes an invalid header line.
    pub fn open(path: &Path) -> Result<Result<Self, String>, Error> {
        if !std::fs::metadata(path).map_err(reading(path))?.is_file() {
            // The file is read twice, which a pipe does not allow.
            return Ok(Err("it is not a regular file".to_owned()));
        }
        let source = match Source::detect(path).map_err(reading(path))? {
            Ok(source) => source,
            Err(reason) => return Ok(Err(reason)),
        };
        // The first delimiter that yields a known header line is used. If there is none, the error is that of the
        // delimiter with the most columns.
        let mut fault: Option<(usize, String)> = None;
        for &delimiter in source.delimiters() {
            let (mut reader, _) = reader(path, &source, delimiter)?;
            let mut header: Vec<String> = match reader.headers() {
                Ok(header) => header.iter().map(column_name).collect(),
                Err(error) => match error.into_kind() {
                    csv::ErrorKind::Io(source) => return Err(reading(path)(source)),
                    _ => {
                        return Ok(
                            Err("the header line is not UTF-8: save the file as CSV UTF-8".to_owned()),
                        );
                    }
                },
            };
            // Spreadsheets may export empty columns next to the table.
            while header.last().is_some_and(String::is_empty) && header.len() > 1 {
                header.pop();
            }
            match FileKind::detect(&header, path) {
                Ok(kind) => {
                    let place = |column| header.iter().position(|found| found == column);
                    let columns = kind.all_columns().map(place).collect();
                    let (path, width) = (path.to_owned(), header.len());
                    return Ok(Ok(ImportFile { path, kind, columns, width, source, delimiter }));
                }
                Err(_) if fault.as_ref().is_some_and(|(width, _)| *width >= header.len()) => {}
                Err(reason) => fault = Some((header.len(), reason)),
            }
        }
        Ok(Err(fault.map_or_else(|| "it is empty".to_owned(), |(_, reason)| reason)))
    }

    /// File name for display.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The error for a line that cannot be parsed.
    fn broken(&self, line: u64, error: csv::Error) -> Error {
        match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == ErrorKind::FileTooLarge => {
                let size = LONGEST_LINE >> 20;
                Error::Unusable(format!(
                    "{}:{line}: a line of more than {size} MB: is a quotation mark open?",
                    self.name()
                ))
            }
            csv::ErrorKind::Io(error) => reading(&self.path)(error),
            other => Error::Unusable(format!("{}:{line}: {other:?}", self.name())),
        }
    }

    /// Passes each line to `take`, which returns the reason if it is invalid; returns the number of lines.
    ///
    /// # Errors
    /// The file cannot be read; the import was cancelled; `take` failed for a reason unrelated to the line.
    pub fn for_each_row(
        &self,
        watch: &ImportProgress,
        bad: &mut BadLines,
        mut take: impl FnMut(&CsvRow<'_>) -> Result<Result<(), String>, Error>,
    ) -> Result<u64, Error> {
        let size = std::fs::metadata(&self.path).map_err(reading(&self.path))?.len();
        watch.begin(format!("reading {}", self.name()), size);
        let (mut reader, since_line) = reader(&self.path, &self.source, self.delimiter)?;
        let before = self.source.lines_before();
        let mut record = ByteRecord::new();
        let mut lines = 0;
        let mut seen = 0;
        loop {
            let start = reader.position().line() + before;
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(lines),
                Err(error) => return Err(self.broken(start, error)),
            }
            since_line.set(0);
            // Spreadsheets may export empty rows below the table.
            if record.iter().all(|value| value.trim_ascii().is_empty()) {
                continue;
            }
            lines += 1;
            if lines % STRIDE == 0 {
                watch.check()?;
                let position = reader.position().byte();
                watch.advance(position - seen);
                seen = position;
            }
            // The reader is already at the next line; line breaks within quoted text count.
            let within = memchr_iter(b'\n', record.as_slice()).count() as u64;
            let line = reader.position().line().saturating_sub(1 + within) + before;
            let row = CsvRow { file: self, record: &record, line };
            let is_blank = |place: usize| record.get(place).is_none_or(|value| value.trim_ascii().is_empty());
            let taken = if record.len() >= self.width && (self.width..record.len()).all(is_blank) {
                take(&row)?
            } else {
                Err(format!("it has {} columns, and the header line {}", record.len(), self.width))
            };
            if let Err(reason) = taken {
                bad.add(line, reason);
            }
        }
    }
}

/// Counts the bytes since the last reset, to limit the line length.
struct BoundedLines {
    bytes: LineEndings<Box<dyn Read>>,
    since_line: Rc<Cell<usize>>,
}

impl Read for BoundedLines {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since_line.get() > LONGEST_LINE {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let count = self.bytes.read(buffer)?;
        self.since_line.set(self.since_line.get() + count);
        Ok(count)
    }
}

fn reader(
    path: &Path,
    source: &Source,
    delimiter: u8,
) -> Result<(csv::Reader<BoundedLines>, Rc<Cell<usize>>), Error> {
    let since_line = Rc::new(Cell::new(0));
    let bytes = LineEndings::new(source.read(path).map_err(reading(path))?);
    let bounded = BoundedLines { bytes, since_line: Rc::clone(&since_line) };
    let mut lines = csv::ReaderBuilder::new();
    Ok((lines.flexible(true).delimiter(delimiter).buffer_capacity(BUFFER).from_reader(bounded), since_line))
}

fn reading(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    Error::io(format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_quotation_mark_does_not_take_the_memory() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tracks.csv");
        let rest = "11e81bcc-9c1c-ce38-b96b-a0369fe50396,Intro,\n".repeat(500_000);
        std::fs::write(&path, format!("uuid,name,isrc\nx,y,z\n\"a,b,c\n{rest}")).unwrap();
        let file = ImportFile::open(&path).unwrap().unwrap();
        let mut count = 0;
        let result = file.for_each_row(&ImportProgress::hidden(), &mut BadLines::default(), |_| {
            count += 1;
            Ok(Ok(()))
        });
        let error = result.unwrap_err().to_string();
        assert!(error.contains("tracks.csv:3: a line of more than 16 MB"), "{error}");
        assert_eq!(count, 1);
    }

    #[test]
    fn bad_lines_have_the_numbers_that_an_editor_shows() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tracks.csv");
        for end in ["\n", "\r\n"] {
            let lines = ["uuid,name", "good,a", "", "bad,b", "good,\"c", "d\"", "bad,e", "good,f", "bad,g"];
            std::fs::write(&path, lines.join(end)).unwrap();
            let file = ImportFile::open(&path).unwrap().unwrap();
            let mut bad = Vec::new();
            let take = |row: &CsvRow<'_>| {
                if row.record.get(0) == Some(b"bad") {
                    bad.push(row.line);
                }
                Ok(Ok(()))
            };
            file.for_each_row(&ImportProgress::hidden(), &mut BadLines::default(), take).unwrap();
            assert_eq!(bad, [4, 7, 9], "{end:?}");
        }
    }
}
