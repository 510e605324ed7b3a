//! Decodes an import file to UTF-8 lines: plain or gzip, UTF-16, Excel workbooks, CR line endings, any common
//! delimiter.

use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Reader as _, Xlsx};
use flate2::read::MultiGzDecoder;

/// Bytes inspected to detect the format.
const SAMPLE: usize = 1 << 16;
/// Maximum size of a file that must be converted in memory.
const MOST_CONVERTED: u64 = 512 << 20;
/// Maximum columns read from a sheet.
const MOST_COLUMNS: usize = 1_000;
/// Spreadsheets lose the last digits of numbers from here on.
const MOST_EXACT: f64 = 1e15;
/// Delimiters, most common first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The decoded content of a file; can be read several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    form: Form,
    /// Whether lines end with a carriage return only.
    has_returns_only: bool,
    /// The delimiter declared by a first line "sep=;".
    told_delimiter: Option<u8>,
    /// Empty rows above the table of a workbook.
    blank_lines: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Plain,
    Gzip,
    /// Converted in memory.
    Converted(Arc<[u8]>),
}

impl Source {
    /// Detects the format of a file.
    ///
    /// # Errors
    /// It cannot be read; the inner error says why it cannot be converted.
    pub fn detect(path: &Path) -> std::io::Result<Result<Self, String>> {
        let mut file = File::open(path)?;
        let sample = sample(&mut file)?;
        if sample.starts_with(b"PK\x03\x04") {
            return Ok(match workbook(path) {
                Ok((lines, blank_lines)) => Ok(Source { blank_lines, ..Source::converted(lines) }),
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
        Source { form, has_returns_only, told_delimiter: declared_delimiter(sample), blank_lines: 0 }
    }

    /// Possible delimiters, in the order to try.
    pub fn delimiters(&self) -> &[u8] {
        self.told_delimiter.as_ref().map_or(&DELIMITERS, std::slice::from_ref)
    }

    /// Number of lines before the header line.
    pub fn lines_before(&self) -> u64 {
        u64::from(self.told_delimiter.is_some()) + self.blank_lines
    }

    /// The content from the header line on, with normalized line endings.
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

/// Converts carriage returns to line feeds.
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

/// A sample of a compressed file, whose end may be missing.
fn sample_of_packed(read: &mut Box<dyn Read>) -> std::io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    match read.take(SAMPLE as u64).read_to_end(&mut sample) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && !sample.is_empty() => Ok(sample),
        result => result.map(|_| sample),
    }
}

/// UTF-16, detected by its byte-order mark or by the zero bytes of ASCII letters.
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

/// The delimiter in a first line such as "sep=;".
fn declared_delimiter(sample: &[u8]) -> Option<u8> {
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let line = sample.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// The first sheet of a workbook as CSV, and the number of empty rows above its table: rows become lines, so that
/// line numbers match. Works cell by cell, because one distant cell must not produce billions of others.
fn workbook(path: &Path) -> Result<(Vec<u8>, u64), String> {
    let to_text = |error: calamine::XlsxError| error.to_string();
    let mut workbook: Xlsx<_> = calamine::open_workbook(path).map_err(to_text)?;
    let sheet = workbook.sheet_names().first().ok_or("it has no sheet")?.clone();
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(to_text)?;
    let mut lines = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let (mut line, mut written, mut blank_lines, mut is_table) = (Vec::<String>::new(), 0, 0, false);
    let mut end = |line: &mut Vec<String>| {
        let is_blank = line.iter().all(String::is_empty);
        is_table |= !is_blank;
        if !is_table {
            blank_lines += 1;
            return Ok(());
        }
        if is_blank {
            // A completely empty line would not be counted.
            *line = vec![" ".to_owned()];
        }
        if lines.get_ref().len() as u64 > MOST_CONVERTED {
            return Err("it is too large: save the sheet as CSV".to_owned());
        }
        lines.write_record(std::mem::take(line)).map_err(|error| error.to_string())
    };
    while let Some(cell) = cells.next_cell().map_err(to_text)? {
        let (row, column) = (cell.get_position().0, cell.get_position().1 as usize);
        let text = text_of(&Data::from(cell.get_value().clone()), row, column)?;
        if text.is_empty() {
            continue;
        }
        if column >= MOST_COLUMNS {
            return Err(format!("row {}: a column beyond the first {MOST_COLUMNS} is not empty", row + 1));
        }
        while written < row {
            end(&mut line)?;
            written += 1;
        }
        line.resize(line.len().max(column + 1), String::new());
        line[column] = text;
    }
    end(&mut line)?;
    let bytes = lines.into_inner().map_err(|error| error.to_string())?;
    Ok((bytes, blank_lines))
}

/// The text of a cell.
///
/// # Errors
/// An error value, or a number whose last digits the spreadsheet has lost.
fn text_of(data: &Data, row: u32, column: usize) -> Result<String, String> {
    let fault = |what: String| format!("row {}, column {}: {what}", row + 1, column + 1);
    Ok(match data {
        Data::Empty => String::new(),
        Data::Error(error) => return Err(fault(format!("the cell holds the error {error}"))),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.abs() >= MOST_EXACT => {
            return Err(fault(
                "a number of more than 15 digits has lost its last ones in the workbook: format the column as text \
                 before the values come in"
                    .to_owned(),
            ));
        }
        // Integers are stored as floats, but shown without a decimal point.
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Data::Float(number) => number.to_string(),
        Data::Bool(is_so) => is_so.to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use calamine::{CellErrorType, ExcelDateTime, ExcelDateTimeType};

    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<u8>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let source = Source::detect(file.path()).unwrap().unwrap();
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
    fn cells_are_what_they_show() {
        let moment = |number, is_1904| {
            Data::DateTime(ExcelDateTime::new(number, ExcelDateTimeType::DateTime, is_1904))
        };
        for (data, text) in [
            (moment(46_266.0, false), "2026-09-01"),
            (moment(46_266.75, false), "2026-09-01"),
            (moment(44_804.0, true), "2026-09-01"),
            (Data::Float(1_000.0), "1000"),
            (Data::Float(1.5), "1.5"),
            (Data::Bool(true), "true"),
        ] {
            assert_eq!(text_of(&data, 0, 0).as_deref(), Ok(text));
        }
        for data in [Data::Error(CellErrorType::NA), Data::Float(7_012_345_678_901_234_567.0)] {
            assert!(text_of(&data, 1, 2).unwrap_err().starts_with("row 2, column 3: "));
        }
    }
}
