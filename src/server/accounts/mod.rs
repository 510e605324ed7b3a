//! Accounts, sessions, API tokens and the audit log. A request is authenticated as a [`Person`] by cookie or
//! token; each API handler and server function checks that person's [`Right`]. All state is in the database,
//! so that all instances agree.

pub mod audit;
pub mod change_password;
pub mod confirm;
pub mod demo_visitor;
pub mod ending;
pub mod first_admin;
pub mod oidc;
pub mod password;
mod person;
mod required_action;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
mod throttle;
pub mod tokens;
pub mod totp;
pub mod users;

pub use person::{AuthMethod, Origin, Person, require_person};
pub use required_action::RequiredAction;

use crate::server::accounts::ending::Ending;
use crate::server::accounts::password::Hasher;
use crate::server::config::Config;
use crate::server::store::Db;

/// What it takes to let people in: a part of what every handler shares.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    /// Where they are.
    pub db: &'a Db,
    /// As the operator set it.
    pub config: &'a Config,
    /// Of passwords.
    pub hasher: &'a Hasher,
    /// What has ended and is not written yet.
    pub ending: &'a Ending,
    /// Whether the built-in simulator stands in for the provider.
    pub is_simulated: bool,
}
