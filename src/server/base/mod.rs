//! What everything else stands on: the clock, threads in the background, secrets, TLS, addresses. Nothing here knows the product.

pub mod background;
pub mod clock;
pub mod fold;
pub mod https_url;
pub mod network;
pub mod secret;
pub mod terminal;
pub mod tls;
