//! Who may do what, and what is accepted of people: roles and rights, the actions of the audit log, addresses and passwords.

mod action;
pub mod email;
pub mod password;
mod rights;

pub use self::action::Action;
pub use self::rights::{Right, Role};
