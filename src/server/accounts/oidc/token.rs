//! Parses a compact ID token and verifies its signature.

use data_encoding::BASE64URL_NOPAD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::keys::{Algorithm, VerificationKey};

pub(super) type Claims = Map<String, Value>;

/// An unverified token.
pub(super) struct IdToken<'a> {
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
    /// The signature algorithm that the header names.
    pub algorithm: Algorithm,
    /// The key id that the header names.
    pub key_id: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl<'a> IdToken<'a> {
    /// Splits and decodes a token.
    ///
    /// # Errors
    /// Malformed; an unsupported algorithm; another type of token.
    pub fn parse(text: &'a str) -> Result<Self, Failure> {
        let malformed = Failure::Untrusted("it is no signed token");
        let Some((signed, signature)) = text.rsplit_once('.') else { return Err(malformed) };
        let Some((header, payload)) = signed.split_once('.').filter(|(_, payload)| !payload.contains('.'))
        else {
            return Err(malformed);
        };
        let header: Option<Header> =
            BASE64.decode(header.as_bytes()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let (Some(header), Ok(signature)) = (header, BASE64.decode(signature.as_bytes())) else {
            return Err(malformed);
        };
        let algorithm = Algorithm::from_name(&header.alg)
            .ok_or(Failure::Untrusted("it is signed by an algorithm that is not accepted"))?;
        // Critical extensions are not supported, and the provider's other tokens (access, logout) declare their
        // type.
        if header.crit.is_some() || header.typ.is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt")) {
            return Err(Failure::Untrusted("it is another kind of token"));
        }
        Ok(IdToken { signed, payload, signature, algorithm, key_id: header.kid })
    }

    /// The claims, if the signature is valid.
    ///
    /// # Errors
    /// The signature is invalid.
    pub fn claims(&self, key: &VerificationKey) -> Result<Claims, Failure> {
        if !key.verifies(self.algorithm, self.signed.as_bytes(), &self.signature) {
            return Err(Failure::Untrusted("its signature is wrong"));
        }
        let claims =
            BASE64.decode(self.payload.as_bytes()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        claims.ok_or(Failure::Untrusted("its claims cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signed_tokens_of_a_known_kind() {
        let token = |header: &str| format!("{}.e30.AAAA", BASE64.encode(header.as_bytes()));
        assert!(IdToken::parse(&token(r#"{"alg":"ES256","typ":"JWT"}"#)).is_ok());
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS256"}"#,
            r#"{"alg":"es256"}"#,
            r#"{"alg":"ES256","crit":["exp"]}"#,
            r#"{"alg":"ES256","typ":"at+jwt"}"#,
            r#"{"alg":"ES256","alg":"RS256"}"#,
            "{}",
        ] {
            assert!(IdToken::parse(&token(header)).is_err(), "{header}");
        }
        for text in ["", "a", "a.b", "..", "e30.e30.AAAA.AAAA", "e30.e30.+/+/"] {
            assert!(IdToken::parse(text).is_err(), "{text}");
        }
    }
}
