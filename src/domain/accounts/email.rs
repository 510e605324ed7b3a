//! Email addresses of accounts.

/// Maximum length of an email address.
const LONGEST: usize = 254;

/// Normalizes an address: trimmed and in lower case.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A valid, normalized address; `None` if invalid.
pub fn checked(email: &str) -> Option<String> {
    let email = normalize_email(email);
    let is_address = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_plain = !email.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_address && is_plain && email.chars().count() <= LONGEST).then_some(email)
}
