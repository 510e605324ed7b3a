//! Rows of a catalogue file, unique by key.

use std::collections::HashMap;
use std::hash::Hash;

/// Collects rows by key in memory until they are written.
#[derive(Debug)]
pub struct UniqueRows<K, T> {
    places: HashMap<K, usize>,
    rows: Vec<T>,
    lines: Vec<u64>,
}

impl<K: Hash + Eq, T: PartialEq> UniqueRows<K, T> {
    pub fn new() -> Self {
        UniqueRows { places: HashMap::new(), rows: Vec::new(), lines: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The key exists with other values; an identical row is not an error.
    pub fn add(&mut self, key: K, row: T, line: u64) -> Result<(), String> {
        match self.places.get(&key) {
            Some(&place) if self.rows[place] == row => Ok(()),
            Some(&place) => Err(format!("line {} says something else about the same key", self.lines[place])),
            None => {
                self.places.insert(key, self.rows.len());
                self.rows.push(row);
                self.lines.push(line);
                Ok(())
            }
        }
    }

    /// The rows in file order.
    pub fn into_rows(self) -> Vec<T> {
        self.rows
    }
}
