//! Rejected lines: the first ones with reasons, the others counted.

/// Maximum lines shown.
const SHOWN: usize = 20;
/// Maximum length of a reason, which may quote a long value.
const LONGEST: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadLines {
    first: Vec<(u64, String)>,
    count: u64,
}

impl BadLines {
    /// Adds a line, numbered from 1.
    pub fn add(&mut self, line: u64, reason: impl AsRef<str>) {
        self.count += 1;
        // Lines arrive in order, except repeated keys, which are found in key order.
        let place = self.first.partition_point(|(earlier, _)| *earlier <= line);
        if place < SHOWN {
            self.first.insert(place, (line, printable(reason.as_ref())));
            self.first.truncate(SHOWN);
        }
    }

    /// Adds the lines rejected by a later step.
    pub fn append(&mut self, later: BadLines) {
        let rest = later.count - later.first.len() as u64;
        later.first.into_iter().for_each(|(line, reason)| self.add(line, reason));
        self.count += rest;
    }

    pub const fn count(&self) -> u64 {
        self.count
    }

    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// `FILE:LINE: reason` for the first lines, then the number of further ones.
    pub fn describe(&self, file: &str) -> String {
        let mut text = String::new();
        for (line, reason) in &self.first {
            text += &format!("{file}:{line}: {reason}\n");
        }
        let more = self.count - self.first.len() as u64;
        if more > 0 {
            text += &format!("{file}: and {more} more\n");
        }
        text
    }
}

/// Replaces control characters: a reason quotes the file, which must not control the terminal.
fn printable(reason: &str) -> String {
    let text = reason.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
    let mut text: String = text.take(LONGEST).collect();
    if reason.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_does_not_control_the_terminal() {
        let mut bad = BadLines::default();
        bad.add(2, format!("\u{1b}[2J{}", "x".repeat(1_000)));
        let text = bad.describe("a.csv");
        assert!(text.starts_with("a.csv:2: \u{fffd}[2Jxxx") && text.ends_with("xx…\n") && text.len() < 400);
    }

    #[test]
    fn the_first_lines_are_shown_and_the_others_counted() {
        let mut bad = BadLines::default();
        (100..130).rev().for_each(|line| bad.add(line, "wrong"));
        let text = bad.describe("a.csv");
        assert!(text.starts_with("a.csv:100: wrong\na.csv:101: wrong\n"));
        assert!(text.ends_with("a.csv:119: wrong\na.csv: and 10 more\n"));
    }
}
