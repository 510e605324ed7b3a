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

/// Read at once.
const BUFFER: usize = 1 << 18;
/// Lines between two checks for cancellation.
const STRIDE: u64 = 4096;
/// Maximum line length. An unclosed quotation mark makes one line of the rest of the file.
const LONGEST_LINE: usize = 16 << 20;

/// An import file whose header line was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// As it was given.
    pub path: PathBuf,
    /// What it holds.
    pub kind: FileKind,
    /// The place of each of the kind's columns, if the file has it.
    pub(super) columns: Vec<Option<usize>>,
    /// How many columns the file has.
    width: usize,
    source: Source,
    delimiter: u8,
}

/// A column as it is known here, however its header is written: "Track UUID" and "song_uuid" are "track_uuid".
fn column_name(header: &str) -> String {
    let name = header.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_");
    match name.as_str() {
        // As the provider's data feed calls them.
        "song_uuid" => "track_uuid".to_owned(),
        "platform_code" => "platform".to_owned(),
        "audience" => "value".to_owned(),
        _ => name,
    }
}

impl ImportFile {
    /// Finds out how the file is written, and reads the header line.
    ///
    /// # Errors
    /// The file cannot be read; the inner one says what is wrong with the header line.
    pub fn open(path: &Path) -> Result<Result<Self, String>, Error> {
        if !std::fs::metadata(path).map_err(reading(path))?.is_file() {
            // A pipe cannot be read twice.
            return Ok(Err("it is not a regular file".to_owned()));
        }
        let source = match Source::detect(path).map_err(reading(path))? {
            Ok(source) => source,
            Err(reason) => return Ok(Err(reason)),
        };
        // The delimiter is the one with which the header line is one of an import file's; the fault of the one that
        // makes the most columns is told.
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
            // What a spreadsheet has beside its table.
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

    /// The file's name, for people.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Reason that reading stopped at this line.
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

    /// Gives every line to `take`, which says why if the line is bad; answers how many there are.
    ///
    /// # Errors
    /// The file cannot be read; somebody stopped it; `take` failed for a reason that is not the line's.
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
            // What a spreadsheet leaves below its table.
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
            // The reader has come to the next line; lines within a text are counted with it.
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

/// A reader that counts the bytes since the last reset, to limit the line length.
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
