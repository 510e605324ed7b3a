//! HTTPS with ring as its cryptography and the system's certificates.

use reqwest::{ClientBuilder, redirect};

/// Makes ring the process's cryptography provider, unless one is installed. Must be called before a
/// [`reqwest::Client`] is created.
pub fn install() {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// An HTTP client with a user agent and without redirects. Clients of loopback only need neither certificates
/// nor a proxy.
pub fn builder(is_here: bool) -> ClientBuilder {
    install();
    let builder = ClientBuilder::new()
        .user_agent(concat!("music-analytics/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none());
    if is_here { builder.no_proxy().tls_certs_only([]) } else { builder }
}
