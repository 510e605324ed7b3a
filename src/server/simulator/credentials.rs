//! Authentication: the two headers, or a token issued for the same id and key. A bearer token takes
//! precedence, as in the provider's own client.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::random::{BASE62, Chance};
use super::refusal::Refusal;

/// Issued tokens with their expiry.
#[derive(Debug, Default)]
pub struct Tokens {
    given: u64,
    ends: HashMap<String, Instant>,
}

impl Tokens {
    /// Issues a token.
    pub fn give(&mut self, life: Duration, now: Instant) -> String {
        self.ends.retain(|_, end| *end > now);
        self.given += 1;
        let token = Chance::new(&["token", &self.given.to_string()]).text(BASE62, 32);
        self.ends.insert(token.clone(), now + life);
        token
    }

    /// Expires the token of a request early, if it has one.
    pub fn end(&mut self, headers: &HeaderMap) {
        if let Some(token) = bearer(headers) {
            self.ends.remove(token);
        }
    }

    /// Authenticates a request.
    pub fn check(
        &self,
        accepted: &[(String, String)],
        headers: &HeaderMap,
        now: Instant,
    ) -> Result<(), Refusal> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let is_let_in = match bearer(headers) {
            Some(token) => self.ends.get(token).is_some_and(|end| *end > now),
            None => {
                let (id, key) = (text("x-app-id").unwrap_or_default(), text("x-api-key").unwrap_or_default());
                accepted.iter().any(|(known, its_key)| known == id && its_key == key)
            }
        };
        if is_let_in { Ok(()) } else { Err(Refusal::not_logged_in()) }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Whether a token request has accepted credentials (basic authentication).
pub fn is_known_client(accepted: &[(String, String)], headers: &HeaderMap) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    given.is_some_and(|given| accepted.iter().any(|(id, key)| base64(&format!("{id}:{key}")) == given))
}

/// Base64 with padding, as basic authentication requires.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(text.len().div_ceil(3) * 4);
    for bytes in text.as_bytes().chunks(3) {
        let bits =
            bytes.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - bytes.len()));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            encoded.push(if digit <= bytes.len() { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn base64_of_every_length() {
        for (text, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text), encoded);
        }
        let accepted = [("soundcharts".to_owned(), "soundcharts".to_owned())];
        assert!(is_known_client(&accepted, &with("authorization", "Basic c291bmRjaGFydHM6c291bmRjaGFydHM=")));
        assert!(!is_known_client(&accepted, &with("authorization", "Basic c291bmRjaGFydHM6")));
    }

    #[test]
    fn tokens_end() {
        let (mut tokens, now) = (Tokens::default(), Instant::now());
        let token = tokens.give(Duration::from_secs(10), now);
        let headers = with("authorization", &format!("Bearer {token}"));
        assert!(tokens.check(&[], &headers, now).is_ok());
        assert!(tokens.check(&[], &headers, now + Duration::from_secs(10)).is_err());
        tokens.end(&headers);
        assert!(tokens.check(&[], &headers, now).is_err());
        assert!(tokens.check(&[], &HeaderMap::new(), now).is_err());
    }
}
