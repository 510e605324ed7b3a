//! Time-based one-time passwords (RFC 6238: SHA-1, six digits, 30 seconds).

use data_encoding::BASE32_NOPAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

use crate::server::base::secret;
use crate::server::error::Error;

/// Time step in seconds.
const STEP: i64 = 30;
/// Accepted steps before and after the current one, for clock drift and typing time.
const TOLERANCE: i64 = 1;
pub const DIGITS: usize = 6;
/// One more than the largest code.
const CODES: u32 = 1_000_000;
/// Shown by authenticator apps.
const ISSUER: &str = "Music Analytics";

/// The shared secret: 160 bits, the hash's output size.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    pub fn random() -> Self {
        TotpSecret(secret::random())
    }

    /// Parses stored base32.
    ///
    /// # Errors
    /// The text is not a valid secret.
    pub fn stored(text: &str) -> Result<Self, Error> {
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).map_err(Error::damaged)?;
        let bytes = bytes.try_into().map_err(|_| Error::damaged("a secret of another length"))?;
        Ok(TotpSecret(bytes))
    }

    /// Base32, for typing and storage.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The `otpauth:` URL in the QR code.
    pub fn address(&self, email: &str) -> String {
        let part = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (issuer, email) = (part(ISSUER), part(email));
        format!("otpauth://totp/{issuer}:{email}?secret={}&issuer={issuer}", self.base32())
    }

    pub fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let digest = hmac::sign(&key, &step.to_be_bytes());
        let digest = digest.as_ref();
        let offset = usize::from(digest[digest.len() - 1] & 15);
        let number =
            digest[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        (number & 0x7fff_ffff) % CODES
    }

    /// Returns the step of a valid code, which must be later than the last one used. If the last step is in the
    /// future, the clock was set back; it is then ignored, so that the user is not locked out.
    pub fn accepts(&self, code: u32, now_ms: i64, last_step: i64) -> Option<i64> {
        let now = step(now_ms);
        let last_step = if last_step > now + TOLERANCE { 0 } else { last_step };
        let mut steps = now - TOLERANCE..=now + TOLERANCE;
        steps.find(|step| *step > last_step && self.code(*step) == code)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// The step of a time in milliseconds since 1970-01-01.
pub fn step(now_ms: i64) -> i64 {
    now_ms / 1000 / STEP
}

/// Parses a typed code, spaces allowed; `None` if invalid.
pub fn parse_code(text: &str) -> Option<u32> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_code { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_THE_RFC: TotpSecret = TotpSecret(*b"12345678901234567890");

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The last six digits of appendix B, for SHA-1.
        for (seconds, code) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(OF_THE_RFC.code(step(seconds * 1000)), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_once_and_one_step_either_way() {
        let now = 1_234_567_890_000;
        let at = step(now);
        let accepts = |of: i64, last: i64| OF_THE_RFC.accepts(OF_THE_RFC.code(of), now, last);
        for of in [at - 1, at, at + 1] {
            assert_eq!(accepts(of, 0), Some(of));
            assert_eq!(accepts(of, of - 1), Some(of));
            assert_eq!(accepts(of, of), None, "it was used");
            assert_eq!(accepts(of, at + 1), None, "a later one was used");
        }
        assert_eq!((accepts(at - 2, 0), accepts(at + 2, 0)), (None, None));
        assert_eq!(accepts(at, at + 360), Some(at), "the clock was set back by three hours");
    }

    #[test]
    fn secrets_survive_their_text() {
        assert_eq!(OF_THE_RFC.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for _ in 0..50 {
            let secret = TotpSecret::random();
            assert_eq!(TotpSecret::stored(&secret.base32()).unwrap(), secret);
        }
        let text = OF_THE_RFC.base32();
        for wrong in ["", "1", &text[1..], &format!("{text}A2"), &text.to_lowercase()] {
            assert!(TotpSecret::stored(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_address_names_the_product_and_the_account() {
        assert_eq!(
            OF_THE_RFC.address("ada+x@example.com"),
            "otpauth://totp/Music%20Analytics:ada%2Bx%40example%2Ecom\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Music%20Analytics"
        );
    }

    #[test]
    fn what_people_type() {
        assert_eq!(parse_code(" 005 924 "), Some(5_924));
        for wrong in ["", "5924", "1234567", "+12345", "12345a", "１２３４５６"] {
            assert_eq!(parse_code(wrong), None, "{wrong}");
        }
    }
}
