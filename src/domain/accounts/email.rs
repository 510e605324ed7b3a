//! E-mail addresses of accounts.

/// The most characters of an address.
const LONGEST: usize = 254;

/// An address as accounts have it: trimmed and in lower case.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// An address that an account may have; `None` where it is none.
pub fn checked(email: &str) -> Option<String> {
    let email = normalize_email(email);
    let is_address = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_plain = !email.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_address && is_plain && email.chars().count() <= LONGEST).then_some(email)
}
