//! Roles and rights, the actions of the audit log, and the rules for emails and passwords.

mod action;
pub mod email;
pub mod password;
mod rights;

pub use self::action::Action;
pub use self::rights::{Right, Role};
