//! Who may do what: accounts, sessions, API tokens, and the log of what was done. A request is somebody's
//! ([`Person`]) by its cookie or its token; what that person may do ([`Right`]) is asked where it is done, in each
//! API handler and server function. Everything lives in the database, so that all instances agree.

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
