//! Generated secrets: random, shown once, stored as a hash. No salt is needed for 256 random bits.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// 256 random bits as 64 letters and digits.
///
/// # Panics
/// The operating system cannot provide random numbers, without which nothing is secure.
pub fn token() -> String {
    hex(&random::<32>())
}

/// A random id.
pub fn id() -> String {
    uuid::Builder::from_random_bytes(random::<16>()).into_uuid().to_string()
}

/// The stored hash of a secret.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// A temporary password: 20 letters and digits.
pub fn password() -> String {
    letters::<20>()
}

/// A recovery code: 120 random bits, in groups of six letters and digits.
pub fn recovery_code() -> String {
    let letters = letters::<24>();
    [&letters[..6], &letters[6..12], &letters[12..18], &letters[18..]].join("-")
}

/// Random characters of five bits each, without ambiguous ones.
fn letters<const N: usize>() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random::<N>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A configured secret: never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretString(String);

impl SecretString {
    pub fn new(text: &str) -> Self {
        SecretString(text.to_owned())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Parses an id; anything else is invalid.
pub fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_are_long() {
        assert_ne!(token(), token());
        assert_eq!(token().len(), 64);
        assert_ne!(password(), password());
        assert_eq!((password().len(), recovery_code().len()), (20, 27));
        assert!(is_id(&id()) && !is_id("1"));
        assert_ne!(hash("a"), hash("b"));
    }
}
