//! Strings that must never be logged: credentials and tokens.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderValue;

/// Maximum length of a provider's text in an error.
const LONGEST: usize = 200;
/// The sandbox's public credentials: not secret, and part of ordinary URLs.
pub const SANDBOX: &str = "soundcharts";

/// A text that is never shown: `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A secret that cannot be sent in a header. The message does not quote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected printable ASCII characters")]
pub struct SecretError;

impl Secret {
    /// The text, for sending only.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// `prefix` and the text as a header value marked as sensitive, so that HTTP libraries do not log it.
    pub(crate) fn header(&self, prefix: &str) -> HeaderValue {
        let mut value =
            HeaderValue::from_str(&format!("{prefix}{}", self.0)).expect("a secret is printable ASCII");
        value.set_sensitive(true);
        value
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let is_printable =
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        is_printable.then(|| Secret(text.to_owned())).ok_or(SecretError)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Secrets of a client, redacted from the provider's messages.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    fixed: Vec<Secret>,
    /// The two newest tokens.
    tokens: Mutex<Vec<Secret>>,
}

impl Secrets {
    /// The configured secrets, except those of the sandbox.
    pub fn new(fixed: impl IntoIterator<Item = Secret>) -> Self {
        let fixed = fixed.into_iter().filter(|secret| secret.0 != SANDBOX && secret.0.len() >= 4).collect();
        Secrets { fixed, tokens: Mutex::default() }
    }

    /// Adds a new token.
    pub fn learn(&self, token: Secret) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.truncate(1);
        tokens.insert(0, token);
    }

    /// Makes a provider's text safe for messages: redacted, on one line, truncated.
    pub fn redact(&self, text: &str) -> String {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let clean = self.fixed.iter().chain(tokens.iter()).fold(text.to_owned(), |text, secret| {
            if text.contains(&secret.0) { text.replace(&secret.0, "(hidden)") } else { text }
        });
        let mut words =
            clean.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let mut line = words.next().unwrap_or_default().to_owned();
        words.for_each(|word| line.extend([" ", word]));
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let secret: Secret = "s3cret-key".parse().unwrap();
        assert_eq!(format!("{secret:?} {:?}", secret.header("Bearer ")), "(hidden) Sensitive");
        assert!(
            "käy".parse::<Secret>().is_err()
                && "".parse::<Secret>().is_err()
                && "a\nb".parse::<Secret>().is_err()
        );
    }

    #[test]
    fn provider_texts_lose_secrets_line_breaks_and_length() {
        let secrets = Secrets::new(["s3cret-key".parse().unwrap(), SANDBOX.parse().unwrap()]);
        secrets.learn("first-token".parse().unwrap());
        secrets.learn("second-token".parse().unwrap());
        let text = "no s3cret-key,\r\nfirst-token or second-token: help@soundcharts.com";
        assert_eq!(secrets.redact(text), "no (hidden), (hidden) or (hidden): help@soundcharts.com");
        assert_eq!(secrets.redact(&"é".repeat(300)).chars().count(), LONGEST + 1);
    }
}
