//! Validates the claims of an ID token (issuer, audience, times, nonce) and extracts the user.

use serde_json::Value;

use super::failure::Failure;
use super::token::Claims;

/// Allowed clock skew, in seconds.
const LEEWAY: f64 = 60.0;
/// Maximum length of a subject according to the standard.
const LONGEST_SUBJECT: usize = 255;

/// Expected values of the claims.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    /// Seconds since 1970-01-01.
    pub now: i64,
}

/// Validates the claims; returns the subject.
///
/// # Errors
/// The reason why a claim is invalid.
pub(super) fn check(claims: &Claims, expected: Expected<'_>) -> Result<String, Failure> {
    let is = |ok: bool, or: &'static str| if ok { Ok(()) } else { Err(Failure::Untrusted(or)) };
    is(text(claims, "iss") == Some(expected.issuer), "it is of another issuer")?;
    let audience = texts(claims, "aud");
    is(audience.contains(&expected.client_id), "it is for another client")?;
    match claims.get("azp") {
        Some(party) => is(party.as_str() == Some(expected.client_id), "it was asked for by another client")?,
        None => is(audience.len() == 1, "it is for several clients and does not say who asked")?,
    }
    is(text(claims, "nonce") == Some(expected.nonce), "it answers another request")?;
    let now = expected.now as f64;
    let time = |name: &str| claims.get(name).map(Value::as_f64);
    let (Some(Some(expires)), Some(Some(issued))) = (time("exp"), time("iat")) else {
        return Err(Failure::Untrusted("it does not say when it was made and when it ends"));
    };
    let begins = match time("nbf") {
        None => issued,
        Some(Some(begins)) => begins.max(issued),
        Some(None) => return Err(Failure::Untrusted("it begins at no time")),
    };
    if now >= expires + LEEWAY {
        return Err(Failure::Clock("it has ended"));
    }
    if begins > now + LEEWAY {
        return Err(Failure::Clock("it has not begun"));
    }
    let subject =
        text(claims, "sub").filter(|subject| !subject.is_empty() && subject.len() <= LONGEST_SUBJECT);
    subject.map(str::to_owned).ok_or(Failure::Untrusted("it is about nobody"))
}

/// The user according to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub issuer: String,
    pub subject: String,
    pub email: Option<String>,
    pub is_verified: bool,
    pub groups: Vec<String>,
}

impl Identity {
    /// Reads the user from validated claims.
    pub fn from_claims(claims: &Claims, issuer: &str, subject: String, groups_claim: &str) -> Self {
        // Entra omits `email_verified`; it sends `xms_edov` if configured.
        let verified = claims.get("email_verified").or_else(|| claims.get("xms_edov"));
        Identity {
            issuer: issuer.to_owned(),
            subject,
            email: text(claims, "email").filter(|email| !email.is_empty()).map(str::to_owned),
            is_verified: verified.is_some_and(is_true),
            groups: texts(claims, groups_claim).into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Accepts booleans written as text or number, as some providers do.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is_true) => *is_true,
        Value::String(text) => matches!(text.as_str(), "true" | "1"),
        Value::Number(number) => number.as_u64() == Some(1),
        _ => false,
    }
}

fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// The texts of a claim that is one text or a list.
fn texts<'a>(claims: &'a Claims, name: &str) -> Vec<&'a str> {
    match claims.get(name) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn checked(changes: &Value) -> Result<String, Failure> {
        let mut claims = json!({
            "iss": "https://id.example.com", "aud": "music", "sub": "ada", "nonce": "n", "iat": NOW, "exp": NOW + 300,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let expected =
            Expected { issuer: "https://id.example.com", client_id: "music", nonce: "n", now: NOW };
        check(claims.as_object().unwrap(), expected)
    }

    #[test]
    fn a_minute_of_difference_is_accepted_and_no_more() {
        for (right, wrong) in [
            (json!({"exp": NOW - 59}), json!({"exp": NOW - 60})),
            (json!({"iat": NOW + 60}), json!({"iat": NOW + 61})),
            (json!({"nbf": NOW + 60}), json!({"nbf": NOW + 61})),
            (json!({"exp": (NOW as f64) + 0.5}), json!({"exp": "tomorrow"})),
            (json!({"iat": NOW - 100_000}), json!({"iat": null})),
        ] {
            assert_eq!(checked(&right).unwrap(), "ada", "{right}");
            assert!(checked(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn several_clients_need_one_who_asked() {
        for (right, wrong) in [
            (json!({"aud": ["music"]}), json!({"aud": []})),
            (json!({"aud": ["other", "music"], "azp": "music"}), json!({"aud": ["other", "music"]})),
            (json!({"azp": "music"}), json!({"azp": "other"})),
        ] {
            assert!(checked(&right).is_ok(), "{right}");
            assert!(checked(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_verified_and_which_groups_comes_in_several_forms() {
        let of = |claims: Value| {
            let identity = Identity::from_claims(claims.as_object().unwrap(), "i", "s".to_owned(), "groups");
            (identity.is_verified, identity.groups)
        };
        for verified in [json!(true), json!("true"), json!(1)] {
            assert!(of(json!({"email_verified": verified})).0, "{verified}");
        }
        for not in [json!(false), json!("false"), json!("yes"), json!(null), json!([true])] {
            assert!(!of(json!({"email_verified": not, "xms_edov": true})).0, "{not}");
        }
        assert!(of(json!({"xms_edov": "1"})).0 && !of(json!({})).0);
        assert_eq!(of(json!({"groups": "a"})).1, ["a"]);
        assert_eq!(of(json!({"groups": ["a", 1, "b"]})).1, ["a", "b"]);
    }
}
