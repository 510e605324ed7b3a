//! The bytes of an import file as UTF-8 lines, however a program has written them: plain or with gzip, in UTF-16, as an
//! Excel workbook, with carriage returns alone, with any of the usual delimiters.

use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Reader as _, Xlsx};
use flate2::read::MultiGzDecoder;

/// Looked at to find out what a file is.
const SAMPLE: usize = 1 << 16;
/// The most that is held in memory of a file that must be converted as a whole.
const MOST_CONVERTED: u64 = 512 << 20;
/// What separates columns, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where the lines of a file come from. It can be read several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    form: Form,
    /// Whether lines end with a carriage return alone.
    has_returns_only: bool,
    /// What a first line "sep=;" says separates columns.
    told_delimiter: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// As it is.
    Plain,
    /// Compressed.
    Gzip,
    /// Converted, and held in memory.
    Converted(Arc<[u8]>),
}

impl Source {
    /// Finds out how a file is written.
    ///
    /// # Errors
    /// It cannot be read; the inner one says why it cannot be converted.
    pub fn of(path: &Path) -> std::io::Result<Result<Self, String>> {
        let mut file = File::open(path)?;
        let sample = sample(&mut file)?;
        if sample.starts_with(b"PK\x03\x04") {
            return Ok(match workbook(path) {
                Ok(lines) => Ok(Source::converted(lines)),
                Err(reason) => Err(format!("it is no Excel workbook that can be read: {reason}")),
            });
        }
        let is_packed = sample.starts_with(&[0x1f, 0x8b]);
        file.seek(SeekFrom::Start(0))?;
        let mut whole: Box<dyn Read> =
            if is_packed { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
        let sample = match sample_of_packed(&mut whole) {
            Ok(sample) => sample,
            Err(error) if is_packed => return Ok(Err(format!("it cannot be unpacked: {error}"))),
            Err(error) => return Err(error),
        };
        if let Some(encoding) = wide_encoding(&sample) {
            let mut bytes = sample;
            whole.take(MOST_CONVERTED).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > MOST_CONVERTED {
                return Ok(Err("it is too large to be read in UTF-16: save it as UTF-8".to_owned()));
            }
            let (text, _, _) = encoding.decode(&bytes);
            return Ok(Ok(Source::converted(text.into_owned().into_bytes())));
        }
        let form = if is_packed { Form::Gzip } else { Form::Plain };
        Ok(Ok(Source::with(form, &sample)))
    }

    fn converted(bytes: Vec<u8>) -> Self {
        let sample = &bytes[..bytes.len().min(SAMPLE)];
        let made = Source::with(Form::Plain, sample);
        Source { form: Form::Converted(bytes.into()), ..made }
    }

    fn with(form: Form, sample: &[u8]) -> Self {
        let has_returns_only = sample.contains(&b'\r') && !sample.contains(&b'\n');
        Source { form, has_returns_only, told_delimiter: told_delimiter(sample) }
    }

    /// The delimiters that the file may have, in the order in which they are to be tried.
    pub fn delimiters(&self) -> &[u8] {
        self.told_delimiter.as_ref().map_or(&DELIMITERS, std::slice::from_ref)
    }

    /// Lines before the header line.
    pub fn lines_before(&self) -> u64 {
        u64::from(self.told_delimiter.is_some())
    }

    /// The bytes from the header line on, in lines that end with a line feed.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, path: &Path) -> std::io::Result<Box<dyn Read>> {
        let mut bytes: Box<dyn Read> = match &self.form {
            Form::Plain => Box::new(File::open(path)?),
            Form::Gzip => Box::new(MultiGzDecoder::new(BufReader::new(File::open(path)?))),
            Form::Converted(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        };
        if self.has_returns_only {
            bytes = Box::new(Returns(bytes));
        }
        if self.told_delimiter.is_some() {
            let mut byte = [0];
            while bytes.read(&mut byte)? > 0 && byte[0] != b'\n' {}
        }
        Ok(bytes)
    }
}

/// Carriage returns become line feeds.
struct Returns<R>(R);

impl<R: Read> Read for Returns<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        buffer[..count].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        Ok(count)
    }
}

fn sample(read: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    read.take(SAMPLE as u64).read_to_end(&mut sample)?;
    Ok(sample)
}

/// The same where the end may be cut off: what came before it counts.
fn sample_of_packed(read: &mut Box<dyn Read>) -> std::io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    match read.take(SAMPLE as u64).read_to_end(&mut sample) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && !sample.is_empty() => Ok(sample),
        result => result.map(|_| sample),
    }
}

/// UTF-16, told by its mark at the beginning or by the zero bytes of plain letters.
fn wide_encoding(sample: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let is_zero = |place: usize| sample.get(place) == Some(&0);
    match sample {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        [first, second, ..] if *first != 0 && *second == 0 && is_zero(3) => Some(encoding_rs::UTF_16LE),
        [first, second, ..] if *first == 0 && *second != 0 && is_zero(2) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// What a first line such as "sep=;" says.
fn told_delimiter(sample: &[u8]) -> Option<u8> {
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let line = sample.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// The first sheet of a workbook as CSV: a row is a line, so that line numbers are those of the rows.
fn workbook(path: &Path) -> Result<Vec<u8>, String> {
    let mut workbook: Xlsx<_> =
        calamine::open_workbook(path).map_err(|error: calamine::XlsxError| error.to_string())?;
    let sheet =
        workbook.worksheet_range_at(0).ok_or("it has no sheet")?.map_err(|error| error.to_string())?;
    let mut lines = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let written = |error: csv::Error| error.to_string();
    let (first_row, first_column) = sheet.start().unwrap_or_default();
    for _ in 0..first_row {
        lines.write_record([" "]).map_err(written)?;
    }
    for row in sheet.rows() {
        let before = std::iter::repeat_n(String::new(), first_column as usize);
        let mut cells: Vec<String> = before.chain(row.iter().map(cell)).collect();
        if cells.iter().all(String::is_empty) {
            // An empty line would not be counted.
            cells[0] = " ".to_owned();
        }
        lines.write_record(cells).map_err(written)?;
    }
    lines.into_inner().map_err(|error| error.to_string())
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        // A spreadsheet holds whole numbers as such, and writes them without a point.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
        Data::Float(number) => number.to_string(),
        Data::Bool(is_so) => is_so.to_string(),
        Data::DateTime(moment) => day(moment.as_f64()),
    }
}

/// A spreadsheet counts days from the last but one of 1899.
fn day(number: f64) -> String {
    let epoch = crate::domain::Day::from_ymd(1970, 1, 1).expect("a day");
    (epoch + (number.floor() as i32 - 25_569)).to_string()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<u8>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let source = Source::of(file.path()).unwrap().unwrap();
        let mut text = String::new();
        source.read(file.path()).unwrap().read_to_string(&mut text).unwrap();
        (text, source.delimiters().to_vec())
    }

    #[test]
    fn encodings_and_compression_are_recognised() {
        let text = "uuid,name\n1,Beyoncé\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&[&[0xff, 0xfe], &little[..]].concat()).unwrap();
        for bytes in [
            text.as_bytes().to_vec(),
            [&[0xff, 0xfe], &little[..]].concat(),
            [&[0xfe, 0xff], &big[..]].concat(),
            little,
            big,
            gzip.finish().unwrap(),
        ] {
            let (read, delimiters) = read(&bytes);
            assert_eq!(read.trim_start_matches('\u{feff}'), text);
            assert_eq!(delimiters, DELIMITERS);
        }
    }

    #[test]
    fn line_ends_and_told_delimiters_are_understood() {
        assert_eq!(read(b"a,b\r1,2\r").0, "a,b\n1,2\n");
        assert_eq!(read(b"a,b\r\n1,2\r\n").0, "a,b\r\n1,2\r\n");
        assert_eq!(read(b"sep=;\r\na;b\r\n"), ("a;b\r\n".to_owned(), vec![b';']));
        assert_eq!(read(b"\xef\xbb\xbf\"sep=|\"\na|b\n"), ("a|b\n".to_owned(), vec![b'|']));
    }

    #[test]
    fn days_of_spreadsheets() {
        assert_eq!([25_569.0, 46_266.0, 46_266.75].map(day), ["1970-01-01", "2026-09-01", "2026-09-01"]);
    }
}
