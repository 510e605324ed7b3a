//! Answers that are sent only to those who do not have them yet.
//!
//! The tag of an answer is a digest of all that it says, except for when it was made. It is not the report's `hash`:
//! that covers the question and the figures (S22), and leaves out names, days, growth, followers, how far the data
//! reach and the warnings, so that 304 would keep old ones alive. And it is a weak one, `W/"..."`: the same tag stands
//! for the same statement and not for the same bytes, because `generated_at` differs and bodies travel compressed.

use std::io::{self, BufWriter, Write};

use axum::Json;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The tag of what is to be said.
pub fn of(said: &impl Serialize) -> HeaderValue {
    let mut digest = Hashing(Sha256::new());
    let mut pieces = BufWriter::new(&mut digest);
    let written = serde_json::to_writer(&mut pieces, said).map_err(io::Error::from);
    written.and_then(|()| pieces.flush()).expect("answers are JSON, and a digest takes every byte");
    drop(pieces);
    let digest: String = digest.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("W/\"{digest}\"")).expect("hexadecimal digits")
}

/// The answer, or 304 to those who have it.
pub fn answer(asked: &HeaderMap, tag: HeaderValue, said: impl Serialize) -> Response {
    let has_it = knows(asked, &tag);
    let tag = [(ETAG, tag)];
    if has_it { (StatusCode::NOT_MODIFIED, tag).into_response() } else { (tag, Json(said)).into_response() }
}

/// Compares weakly, as RFC 9110 asks for here.
fn knows(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = opaque(tag.to_str().unwrap_or_default());
    let known = asked.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| known.trim() == "*" || opaque(known) == tag)
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tags_are_found_in_a_list() {
        let tag = of(&["something"]);
        assert_eq!(tag, of(&["something"]));
        assert_ne!(tag, of(&["something else"]));
        let strong = tag.to_str().unwrap().strip_prefix("W/").unwrap().to_owned();
        let asked = |value: &str| HeaderMap::from_iter([(IF_NONE_MATCH, value.parse().unwrap())]);
        for known in ["*", tag.to_str().unwrap(), &strong, &format!("\"other\", {strong}")] {
            assert!(knows(&asked(known), &tag), "{known}");
        }
        assert!(!knows(&asked("\"other\""), &tag) && !knows(&HeaderMap::new(), &tag));
        assert_eq!(answer(&asked("*"), tag.clone(), ()).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer(&HeaderMap::new(), tag, ()).status(), StatusCode::OK);
    }
}
