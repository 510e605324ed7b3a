//! HTTP: router, authentication, JSON API, screens and listener.

pub mod api;
pub mod auth;
pub mod forms;
pub mod limits;
pub mod listen;
pub mod pictures;
pub mod router;
pub mod screens;

pub use self::router::{router, table};
