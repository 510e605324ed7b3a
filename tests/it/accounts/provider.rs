//! A fake OpenID Connect provider that returns and signs whatever a test configures.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A key used only in these tests.
const RSA: &str = include_str!("rsa_key_of_the_tests.txt");

pub const CLIENT: &str = "music analytics";
/// Contains characters that need form encoding.
pub const SECRET: &str = "s3cret: of the client/+";

/// Something that signs tokens.
pub struct Signer {
    pub id: String,
    pub algorithm: &'static str,
    pair: KeyPair,
}

enum KeyPair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    pub fn new(id: &str, algorithm: &'static str) -> Self {
        let random = SystemRandom::new();
        let pair = match algorithm {
            "ES256" => {
                let kind = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
                KeyPair::Ec(EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).unwrap())
            }
            "EdDSA" => {
                let document = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                KeyPair::Ed(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
            }
            _ => {
                let text: String = RSA.split_whitespace().collect();
                KeyPair::Rsa(RsaKeyPair::from_pkcs8(&BASE64.decode(text.as_bytes()).unwrap()).unwrap())
            }
        };
        Signer { id: id.to_owned(), algorithm, pair }
    }

    /// The public key as a provider publishes it.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        match &self.pair {
            KeyPair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y), "kid": self.id, "use": "sig"})
            }
            KeyPair::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()), "kid": self.id})
            }
            KeyPair::Rsa(pair) => {
                let public: RsaPublicKeyComponents<Vec<u8>> = pair.public().into();
                json!({"kty": "RSA", "n": text(&public.n), "e": text(&public.e), "kid": self.id, "alg": self.algorithm})
            }
        }
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let (random, message) = (SystemRandom::new(), signed.as_bytes());
        let signature = match &self.pair {
            KeyPair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            KeyPair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            KeyPair::Rsa(pair) => {
                let how: &dyn signature::RsaEncoding = if self.algorithm == "PS256" {
                    &signature::RSA_PSS_SHA256
                } else {
                    &signature::RSA_PKCS1_SHA256
                };
                let mut bytes = vec![0; pair.public().modulus_len()];
                pair.sign(how, &random, message, &mut bytes).unwrap();
                bytes
            }
        };
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

/// Faults of the token endpoint.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenFault {
    #[default]
    Well,
    Redirects,
    Fails,
    Babbles,
    Hangs,
}

/// The provider's configurable state.
#[derive(Default)]
pub struct ProviderState {
    /// Overrides the discovery document.
    pub discovery: Value,
    pub published: Vec<Value>,
    /// The number of requests for its keys.
    pub key_fetches: u32,
    pub userinfo: Value,
    pub mood: TokenFault,
    /// Tokens by authorization code, with the PKCE challenge of each.
    codes: HashMap<String, (String, String)>,
}

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    pub mind: Arc<Mutex<ProviderState>>,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let discovery = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize?policy=a"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
        });
        let mind = ProviderState { discovery, ..ProviderState::default() };
        let provider = Provider { issuer, mind: Arc::new(Mutex::new(mind)) };
        let routes = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(async |State(it): State<Provider>| Json(it.state().discovery.clone())),
            )
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    pub fn state(&self) -> MutexGuard<'_, ProviderState> {
        self.mind.lock().unwrap()
    }

    /// Publishes exactly these signers' keys.
    pub fn publish(&self, signers: &[&Signer]) {
        self.state().published = signers.iter().map(|signer| signer.jwk()).collect();
    }

    /// Issues an authorization code for a token, bound to a PKCE challenge.
    pub fn grant(&self, challenge: &str, token: String) -> String {
        let mut mind = self.state();
        let code = format!("code-{}", mind.codes.len());
        mind.codes.insert(code.clone(), (challenge.to_owned(), token));
        code
    }
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut mind = provider.state();
    mind.key_fetches += 1;
    Json(json!({"keys": mind.published}))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    let mood = provider.state().mood;
    match mood {
        TokenFault::Well => {}
        TokenFault::Redirects => return Redirect::temporary("/token").into_response(),
        TokenFault::Fails => return StatusCode::BAD_GATEWAY.into_response(),
        TokenFault::Babbles => return "<html>a page of a proxy</html>".into_response(),
        TokenFault::Hangs => tokio::time::sleep(Duration::from_secs(60)).await,
    }
    let basic = BASE64.encode(b"music+analytics:s3cret%3A+of+the+client%2F%2B");
    if headers.get("authorization").is_none_or(|sent| sent != format!("Basic {basic}").as_str()) {
        return refused("invalid_client");
    }
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let granted = provider.state().codes.get(&field("code")).cloned();
    let Some((challenge, token)) = granted else { return refused("invalid_grant") };
    let proof = BASE64URL_NOPAD.encode(&Sha256::digest(field("code_verifier").as_bytes()));
    let is_same_place = field("redirect_uri").ends_with("/sign-in/single-sign-on/callback");
    if proof != challenge || !is_same_place || field("grant_type") != "authorization_code" {
        return refused("invalid_grant");
    }
    Json(json!({"id_token": token, "access_token": "for userinfo", "token_type": "Bearer"})).into_response()
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    if headers.get("authorization").is_none_or(|sent| sent != "Bearer for userinfo") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(provider.state().userinfo.clone()).into_response()
}
