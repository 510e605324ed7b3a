//! Deterministic randomness: every outcome is keyed by a name and depends on nothing else, so that more days
//! or tracks change no existing outcome.

use uuid::{Builder, Uuid};

/// A random value; [`and`](Dice::and) and [`nth`](Dice::nth) derive independent ones.
#[derive(Debug, Clone, Copy)]
pub struct Dice(u64);

impl Dice {
    /// The value of a name.
    pub fn new(name: &str) -> Self {
        Dice(0).and(name)
    }

    /// The value of a name derived from this one.
    #[must_use]
    pub fn and(self, name: &str) -> Self {
        // FNV-1a, mixed further by `nth`.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        self.nth(hash as i64)
    }

    /// The value of a number derived from this one.
    #[must_use]
    pub const fn nth(self, number: i64) -> Self {
        // SplitMix64.
        let mut x =
            self.0.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Dice(x ^ (x >> 31))
    }

    /// An integer from 0 to `bound` - 1; `bound` must be at least 1.
    pub const fn below(self, bound: usize) -> usize {
        (self.0 % bound as u64) as usize
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub const fn unit(self) -> f64 {
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number from `low` to `high`.
    pub const fn between(self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A log-normal number. Does not use the platform's math library, whose last digits differ between machines.
    pub fn log_normal(self, median: f64, spread: f64) -> f64 {
        let sum: f64 = (0..4).map(|n| self.nth(n).unit()).sum();
        let normal = (sum - 2.0) * 3f64.sqrt();
        let mut power = 1.0 + normal * spread / 1024.0;
        for _ in 0..10 {
            power *= power;
        }
        median * power
    }

    /// A version 8 (custom) UUID.
    pub const fn uuid(self) -> Uuid {
        let (high, low) = (self.nth(0).0.to_be_bytes(), self.nth(1).0.to_be_bytes());
        let [a, b, c, d, e, f, g, h] = high;
        let [i, j, k, l, m, n, o, p] = low;
        Builder::from_custom_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]).into_uuid()
    }

    /// A text of this length from an ASCII alphabet.
    pub fn text(self, alphabet: &str, length: usize) -> String {
        let characters = alphabet.as_bytes();
        (0..length).map(|n| char::from(characters[self.nth(n as i64).below(characters.len())])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_the_same_way_and_spreads() {
        let dice = Dice::new("a");
        assert_eq!(dice.and("b").uuid(), Dice::new("a").and("b").uuid());
        assert_ne!(dice.and("b").uuid(), dice.and("c").uuid());
        assert_eq!(dice.uuid().get_version_num(), 8);
        let mean = (0..10_000).map(|n| dice.nth(n).unit()).sum::<f64>() / 10_000.0;
        assert!((0.49..0.51).contains(&mean), "{mean}");
        let mut sizes: Vec<f64> = (0..10_001).map(|n| dice.nth(n).log_normal(10.0, 1.0)).collect();
        sizes.sort_by(f64::total_cmp);
        assert!((9.5..10.5).contains(&sizes[5_000]), "{}", sizes[5_000]);
        assert!(sizes[0] > 0.0 && sizes[10_000] < 400.0);
    }
}
