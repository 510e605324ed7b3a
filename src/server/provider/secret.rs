//! Strings that must never be logged: credentials and tokens.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderValue;

/// The most characters of a provider's text that an error repeats.
const LONGEST: usize = 200;
/// The sandbox's public word for everything: no secret, and a part of ordinary addresses.
pub const SANDBOX: &str = "soundcharts";

/// A text that is sent and never shown: `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A secret that cannot be sent in a header. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected printable ASCII characters")]
pub struct SecretError;

impl Secret {
    /// The text, to be sent.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// `prefix` and the text as a header that HTTP libraries do not log.
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
    /// The newest token and the one before it.
    tokens: Mutex<Vec<Secret>>,
}

impl Secrets {
    /// The secrets known from the start. The sandbox's word is none.
    pub fn new(fixed: impl IntoIterator<Item = Secret>) -> Self {
        let fixed = fixed.into_iter().filter(|secret| secret.0 != SANDBOX && secret.0.len() >= 4).collect();
        Secrets { fixed, tokens: Mutex::default() }
    }

    /// Another token is in use.
    pub fn learn(&self, token: Secret) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.truncate(1);
        tokens.insert(0, token);
    }

    /// A provider's text as an error may repeat it: without secrets, on one line, not too long.
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
