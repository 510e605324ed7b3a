//! A server with an admin account and a token, for HTTP tests.

#![allow(dead_code, reason = "every test file uses its own part")]

use std::net::SocketAddr;

use music_analytics::server::accounts::first_admin;
use music_analytics::server::base::secret::SecretString;
use music_analytics::server::config::Config;
use music_analytics::server::http::router;
use music_analytics::server::state::context::Context;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "kettle drum and fiddle";
/// Has the scope admin.
pub const TOKEN: &str = "token-of-the-tests-0123456789abcdef";

/// The configuration with an admin and a token.
pub fn configured(config: Config) -> Config {
    Config {
        admin: Some((EMAIL.to_owned(), SecretString::new(PASSWORD))),
        api_token: Some(SecretString::new(TOKEN)),
        api_per_minute: None,
        ..config
    }
}

/// Serves on a free port; returns the base URL, "http://127.0.0.1:PORT".
pub async fn serve(context: &Context) -> String {
    first_admin::from_config(context.accounts()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = router(context.clone()).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    base
}

/// An anonymous client that does not follow redirects.
pub fn anonymous() -> ClientBuilder {
    // Already installed if another test ran first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(Policy::none())
}

/// A client that sends a token with every request.
pub fn with_token(token: &str) -> Client {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse().unwrap())]);
    anonymous().default_headers(headers).build().unwrap()
}
