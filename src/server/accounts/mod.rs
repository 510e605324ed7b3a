//! Accounts, sessions, API tokens and the audit log. A request is authenticated as a [`Person`] by cookie or
//! token; each API handler and server function checks that person's [`Right`](crate::domain::accounts::Right). All state is in the database,
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

/// The parts of the context that authentication needs.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    pub db: &'a Db,
    pub config: &'a Config,
    pub hasher: &'a Hasher,
    /// Endings of sessions and accounts that are not written yet.
    pub ending: &'a Ending,
    /// Whether the built-in simulator is used.
    pub is_simulated: bool,
}
