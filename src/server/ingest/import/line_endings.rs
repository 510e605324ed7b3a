//! Normalizes line endings to "\n", including the last line's, so that lines can be counted.

use std::io::{Read, Result};

use memchr::memchr;

/// Reads a file with normalized line endings.
#[derive(Debug)]
pub struct LineEndings<R> {
    bytes: R,
    /// Whether the last byte was a carriage return, held back until the next byte is known.
    holds_return: bool,
    last: u8,
}

impl<R> LineEndings<R> {
    /// Starts at the beginning of a file.
    pub fn new(bytes: R) -> Self {
        LineEndings { bytes, holds_return: false, last: b'\n' }
    }
}

impl<R: Read> Read for LineEndings<R> {
    /// The buffer must have two bytes: a held-back one may come first.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            let held = usize::from(std::mem::take(&mut self.holds_return));
            buffer[..held].fill(b'\r');
            let count = self.bytes.read(&mut buffer[held..])?;
            if count == 0 {
                let end = if held > 0 { b'\r' } else { b'\n' };
                if held == 0 && self.last == b'\n' {
                    return Ok(0);
                }
                (buffer[0], self.last) = (end, end);
                return Ok(1);
            }
            let mut length = without_returns(&mut buffer[..held + count]);
            if buffer[length - 1] == b'\r' {
                (self.holds_return, length) = (true, length - 1);
            }
            if length > 0 {
                self.last = buffer[length - 1];
                return Ok(length);
            }
        }
    }
}

/// Drops each carriage return before a line feed; returns the new length.
fn without_returns(bytes: &mut [u8]) -> usize {
    let Some(first) = memchr(b'\r', bytes) else { return bytes.len() };
    let mut length = first;
    for at in first..bytes.len() {
        if bytes[at] != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            bytes[length] = bytes[at];
            length += 1;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns at most this many bytes per read.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (piece, rest) = self.0.split_at(count);
            buffer[..count].copy_from_slice(piece);
            self.0 = rest;
            Ok(count)
        }
    }

    #[test]
    fn all_lines_end_alike() {
        for (file, expected) in [
            ("a\r\nb\r\n", "a\nb\n"),
            ("a\nb", "a\nb\n"),
            ("a\r\n\r\n", "a\n\n"),
            ("a\rb\r\r\n", "a\rb\r\n"),
            ("a\r", "a\r\n"),
            ("", ""),
        ] {
            for size in 1..9 {
                let mut text = String::new();
                let mut reader =
                    std::io::BufReader::with_capacity(8, LineEndings::new(Pieces(file.as_bytes(), size)));
                reader.read_to_string(&mut text).unwrap();
                assert_eq!(text, expected, "{file:?} by {size}");
            }
        }
    }
}
