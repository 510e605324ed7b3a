//! General utilities: clock, background threads, secrets, TLS, addresses. Independent of the product's domain.

pub mod background;
pub mod clock;
pub mod fold;
pub mod https_url;
pub mod network;
pub mod secret;
pub mod terminal;
pub mod tls;
