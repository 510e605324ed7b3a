//! Variable-length integers (LEB128) for packed rows.

/// Appends an unsigned number.
pub fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed number in zigzag encoding.
pub fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Reads what [`put`] and [`put_signed`] wrote.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the beginning of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes }
    }

    /// The next unsigned number; `None` at the end or if it has more than 64 bits.
    #[inline]
    pub fn get(&mut self) -> Option<u64> {
        // Most numbers are small.
        if let [byte @ 0..0x80, rest @ ..] = self.bytes {
            self.bytes = rest;
            return Some((*byte).into());
        }
        let mut number = 0u64;
        for (index, &byte) in self.bytes.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.bytes = &self.bytes[index + 1..];
                return Some(number);
            }
        }
        None
    }

    /// The next signed number.
    #[inline]
    pub fn get_signed(&mut self) -> Option<i64> {
        let number = self.get()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The next number as a count of items of at least one byte each; `None` if the remaining bytes cannot
    /// hold them.
    pub fn get_count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.get()?).ok()?;
        (count <= self.bytes.len()).then_some(count)
    }

    /// The next `count` bytes.
    pub fn get_bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(bytes)
    }

    /// Whether everything was read.
    pub const fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round_trip(numbers: Vec<(u64, i64)>) {
            let mut bytes = Vec::new();
            for &(unsigned, signed) in &numbers {
                put(&mut bytes, unsigned);
                put_signed(&mut bytes, signed);
            }
            let mut reader = Reader::new(&bytes);
            for &(unsigned, signed) in &numbers {
                prop_assert_eq!(reader.get(), Some(unsigned));
                prop_assert_eq!(reader.get_signed(), Some(signed));
            }
            prop_assert!(reader.is_at_end());
            prop_assert_eq!(reader.get(), None);
        }
    }
}
