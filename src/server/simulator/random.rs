//! Deterministic randomness by name, on any machine and in any order of requests: for generated fields and
//! for faults.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// Letters and digits, as in Spotify's identifiers.
pub const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A random value.
#[derive(Debug, Clone, Copy)]
pub struct Chance([u8; 32]);

impl Chance {
    /// The value of these names.
    pub fn new(names: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for name in names {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
        }
        Chance(hash.finalize().into())
    }

    /// An integer from 0 to `bound` - 1; `bound` must be at least 1.
    pub fn below(&self, bound: u64) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h]) % bound
    }

    /// True with probability 1/`of`; always if `of` is 1 or less.
    pub fn is_one_in(&self, of: u32) -> bool {
        of <= 1 || self.below(of.into()) == 0
    }

    /// A text of this length, at most 32, from an alphabet.
    pub fn text(&self, alphabet: &[u8], length: usize) -> String {
        self.0
            .iter()
            .take(length)
            .map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()]))
            .collect()
    }

    /// A version 8 (custom) UUID.
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0[16..]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_the_same_way_and_tells_names_apart() {
        assert_eq!(Chance::new(&["a", "b"]).uuid(), Chance::new(&["a", "b"]).uuid());
        assert_ne!(Chance::new(&["a", "b"]).uuid(), Chance::new(&["ab", ""]).uuid());
        assert_eq!(Chance::new(&["a"]).text(BASE62, 22).len(), 22);
        let hits = (0..10_000).filter(|n: &u32| Chance::new(&["n", &n.to_string()]).is_one_in(10)).count();
        assert!((850..1_150).contains(&hits), "{hits}");
        assert!(Chance::new(&["any"]).is_one_in(1));
    }
}
