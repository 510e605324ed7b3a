//! Whose a request is.

use super::rights::{Right, Role};
use super::sessions::Origin;
use crate::domain::Problem;

/// Somebody who was let in, for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account's id; empty on the command line.
    pub user_id: String,
    /// The account's address, for people and for the log.
    pub email: String,
    /// What the account is.
    pub role: Role,
    /// What this request may do.
    pub right: Right,
    /// What let it in.
    pub via: Via,
    /// Where it came from.
    pub address: String,
}

/// What let somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Via {
    /// The session of this id.
    Session(String),
    /// An API token.
    Token {
        /// Its id.
        id: String,
        /// What its owner calls it.
        name: String,
    },
    /// The shell of the machine itself.
    CommandLine,
}

impl Person {
    /// The operator of the machine.
    pub fn at_the_command_line() -> Self {
        Person {
            user_id: String::new(),
            email: "operator".to_owned(),
            role: Role::Admin,
            right: Right::Admin,
            via: Via::CommandLine,
            address: String::new(),
        }
    }

    /// Somebody who says to be the account of an address and was not let in yet, for the log.
    pub(super) fn stranger(email: impl Into<String>, origin: &Origin) -> Self {
        Person {
            user_id: String::new(),
            email: email.into(),
            role: Role::Viewer,
            right: Role::Viewer.right(),
            via: Via::Session(String::new()),
            address: origin.address.clone(),
        }
    }

    /// Whether this request may do something.
    ///
    /// # Errors
    /// 403 with a sentence on what is missing.
    pub fn may(&self, right: Right) -> Result<(), Problem> {
        if self.right >= right {
            return Ok(());
        }
        let detail = match (&self.via, right) {
            (Via::Token { .. }, _) => format!(
                "This needs a token of scope \"{right}\", of an account that may do it; this one may \"{}\".",
                self.right
            ),
            (_, Right::Admin) => "Only an admin may do this.".to_owned(),
            _ => "Your account reads and exports; ask an admin for the role of an analyst.".to_owned(),
        };
        Err(Problem::new(403, "Forbidden", detail))
    }

    /// The session that let this request in, if one did.
    pub fn session_id(&self) -> Option<&str> {
        match &self.via {
            Via::Session(id) => Some(id),
            Via::Token { .. } | Via::CommandLine => None,
        }
    }
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Via::Session(_) => f.write_str("session"),
            Via::Token { name, .. } => write!(f, "token {name}"),
            Via::CommandLine => f.write_str("command line"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_includes_those_before_it() {
        let person = Person { right: Right::Sync, ..Person::at_the_command_line() };
        assert!(person.may(Right::Read).is_ok() && person.may(Right::Sync).is_ok());
        assert_eq!(person.may(Right::Admin).unwrap_err().status, 403);
    }
}
