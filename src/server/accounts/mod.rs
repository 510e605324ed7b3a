//! Accounts, sessions, API tokens and the audit log. A request is authenticated as a [`Person`] by cookie or
//! token; each API handler and server function checks that person's [`Right`]. All state is in the database,
//! so that all instances agree.

pub mod audit;
pub mod confirm;
mod duty;
pub mod ending;
pub mod first;
pub mod oidc;
pub mod own_password;
pub mod password;
mod person;
mod rights;
pub mod second_factor;
pub mod secret;
pub mod sessions;
pub mod sign_in;
mod throttle;
pub mod tokens;
pub mod totp;
pub mod users;
pub mod visitor;

pub use duty::Duty;
pub use person::{Person, Via};
pub use rights::{Right, Role};
