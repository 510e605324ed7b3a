//! The provider's signing keys (JWKS), cached for an hour. An unknown key id triggers a refetch, at most once
//! a minute.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD as BASE64;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::discovery::ProviderMetadata;
use super::failure::Failure;
use super::fetch::{OidcClient, OidcResponse};

/// Cache lifetime; bounds how long a withdrawn key is accepted.
const CACHE_TTL: Duration = Duration::from_secs(60 * 60);
/// Minimum interval between refetches for an unknown key.
const REFETCH_INTERVAL: Duration = Duration::from_secs(60);

/// Accepted algorithms. Everything else is rejected: "none" and all symmetric ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

impl Algorithm {
    /// Parses its name in a token or a key.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Algorithm::Rs256),
            "PS256" => Some(Algorithm::Ps256),
            "ES256" => Some(Algorithm::Es256),
            "EdDSA" | "Ed25519" => Some(Algorithm::EdDsa),
            _ => None,
        }
    }
}

/// A public key.
#[derive(Debug, Clone)]
pub(super) struct VerificationKey {
    id: Option<String>,
    /// The only algorithm it may be used with, if specified.
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// As an uncompressed point.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// A key of any type, as received.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl VerificationKey {
    /// The key, if it is for signatures and of a supported type.
    fn from_jwk(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let algorithm = match jwk.alg {
            Some(name) => Some(Algorithm::from_name(&name)?),
            None => None,
        };
        let bytes = |text: Option<String>| BASE64.decode(text?.as_bytes()).ok();
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => Material::Rsa { n: bytes(jwk.n)?, e: bytes(jwk.e)? },
            ("EC", Some("P-256")) => Material::P256([vec![4], bytes(jwk.x)?, bytes(jwk.y)?].concat()),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(jwk.x)?),
            _ => return None,
        };
        Some(VerificationKey { id: jwk.kid, algorithm, material })
    }

    /// Whether the key may be used with the algorithm.
    fn fits(&self, algorithm: Algorithm) -> bool {
        let is_of_kind = match self.material {
            Material::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Material::P256(_) => algorithm == Algorithm::Es256,
            Material::Ed25519(_) => algorithm == Algorithm::EdDsa,
        };
        is_of_kind && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// Verifies a signature of a message.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let rsa = |parameters: &'static RsaParameters, n: &Vec<u8>, e: &Vec<u8>| {
            RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
        };
        let checked = match (&self.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::Rs256) => rsa(&RSA_PKCS1_2048_8192_SHA256, n, e),
            (Material::Rsa { n, e }, Algorithm::Ps256) => rsa(&RSA_PSS_2048_8192_SHA256, n, e),
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Material::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => return false,
        };
        checked.is_ok()
    }
}

#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<CachedKeys>);

#[derive(Debug, Default)]
struct CachedKeys {
    keys: Vec<VerificationKey>,
    since: Option<Instant>,
    /// Time of the last refetch for an unknown key.
    looked: Option<Instant>,
}

impl Keys {
    /// Finds the key of an id and algorithm. A token without an id is accepted only if a single key fits.
    ///
    /// # Errors
    /// No key fits, or the provider does not respond.
    pub async fn key(
        &self,
        ask: &OidcClient,
        provider: &ProviderMetadata,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<VerificationKey, Failure> {
        let mut known = self.0.lock().await;
        let is_fresh = known.since.is_some_and(|since| since.elapsed() < CACHE_TTL);
        if is_fresh {
            if let Some(key) = choose(&known.keys, id, algorithm) {
                return Ok(key);
            }
            if known.looked.is_some_and(|looked| looked.elapsed() < REFETCH_INTERVAL) {
                return Err(Failure::Untrusted("its key is not among the provider's"));
            }
            known.looked = Some(Instant::now());
        }
        let set: KeySet = OidcResponse::fetch(ask.get(provider.keys.clone())?, "keys").await?.json()?;
        known.keys = set.keys.into_iter().filter_map(VerificationKey::from_jwk).collect();
        known.since = Some(Instant::now());
        choose(&known.keys, id, algorithm).ok_or(Failure::Untrusted("its key is not among the provider's"))
    }
}

fn choose(keys: &[VerificationKey], id: Option<&str>, algorithm: Algorithm) -> Option<VerificationKey> {
    let is_it = |key: &&VerificationKey| key.fits(algorithm) && (id.is_none() || key.id.as_deref() == id);
    let mut fitting = keys.iter().filter(is_it);
    let key = fitting.next()?;
    // Without an id, choosing among several would be a guess.
    (id.is_some() || fitting.next().is_none()).then(|| key.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_for_what_they_say() {
        let ec = json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "a"});
        let key = VerificationKey::from_jwk(ec.clone()).unwrap();
        assert!(key.fits(Algorithm::Es256) && !key.fits(Algorithm::Rs256) && !key.fits(Algorithm::EdDsa));
        let rsa = json!({"kty": "RSA", "n": "AAAA", "e": "AQAB", "alg": "PS256"});
        let key = VerificationKey::from_jwk(rsa).unwrap();
        assert!(key.fits(Algorithm::Ps256) && !key.fits(Algorithm::Rs256));
        for (field, value) in
            [("use", "enc"), ("alg", "HS256"), ("crv", "P-384"), ("x", "+/"), ("kty", "oct")]
        {
            let mut other = ec.clone();
            other[field] = json!(value);
            assert!(VerificationKey::from_jwk(other).is_none(), "{field} {value}");
        }
    }

    #[test]
    fn a_token_without_id_is_of_the_only_key() {
        let key = |id: &str| {
            VerificationKey::from_jwk(json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": id}))
                .unwrap()
        };
        assert!(choose(&[key("a")], None, Algorithm::EdDsa).is_some());
        assert!(choose(&[key("a"), key("b")], None, Algorithm::EdDsa).is_none());
        assert!(choose(&[key("a"), key("b")], Some("b"), Algorithm::EdDsa).is_some());
        assert!(choose(&[key("a")], Some("b"), Algorithm::EdDsa).is_none());
    }
}
