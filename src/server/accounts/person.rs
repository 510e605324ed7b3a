//! The authenticated caller of a request.

use crate::domain::Problem;
use crate::domain::accounts::{Right, Role};

/// The authenticated caller of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account's id; empty on the command line.
    pub user_id: String,
    /// The account's email, for display and logs.
    pub email: String,
    /// Role of the account.
    pub role: Role,
    /// Right of this request.
    pub right: Right,
    /// Authentication method.
    pub via: AuthMethod,
    /// Client address and user agent.
    pub address: String,
}

/// An authentication method.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AuthMethod {
    /// The session of this id.
    Session(String),
    /// An API token.
    Token {
        id: String,
        /// Chosen by the token's owner.
        name: String,
    },
    /// The command line.
    CommandLine,
}

impl Person {
    /// The command-line operator.
    pub fn operator() -> Self {
        Person {
            user_id: String::new(),
            email: "operator".to_owned(),
            role: Role::Admin,
            right: Right::Admin,
            via: AuthMethod::CommandLine,
            address: String::new(),
        }
    }

    /// An unauthenticated claim to an account, for the log.
    pub(super) fn unauthenticated(email: impl Into<String>, origin: &Origin) -> Self {
        Person {
            user_id: String::new(),
            email: email.into(),
            role: Role::Viewer,
            right: Role::Viewer.right(),
            via: AuthMethod::Session(String::new()),
            address: origin.address.clone(),
        }
    }

    /// Requires a right.
    ///
    /// # Errors
    /// 403 with the missing right.
    pub fn require(&self, right: Right) -> Result<(), Problem> {
        if self.right >= right {
            return Ok(());
        }
        let detail = match (&self.via, right) {
            (AuthMethod::Token { .. }, _) => format!(
                "Requires a token with scope \"{right}\" of an account with that right; this token has \"{}\".",
                self.right
            ),
            (_, Right::Admin) => "Requires the admin role.".to_owned(),
            _ => "Requires the analyst role; ask an admin.".to_owned(),
        };
        Err(Problem::new(403, "Forbidden", detail))
    }

    /// The session's id, if the request used one.
    pub fn session_id(&self) -> Option<&str> {
        match &self.via {
            AuthMethod::Session(id) => Some(id),
            AuthMethod::Token { .. } | AuthMethod::CommandLine => None,
        }
    }
}

impl std::fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AuthMethod::Session(_) => f.write_str("session"),
            AuthMethod::Token { name, .. } => write!(f, "token {name}"),
            AuthMethod::CommandLine => f.write_str("command line"),
        }
    }
}

/// The caller, if authorized.
pub fn require_person(person: Option<&Person>, right: Right) -> Result<Person, Problem> {
    let person = person
        .cloned()
        .ok_or_else(|| Problem::new(401, "Unauthorized", "Your session has ended: sign in again."))?;
    person.require(right)?;
    Ok(person)
}

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    pub address: String,
    /// From the browser's user agent.
    pub device: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_includes_those_before_it() {
        let person = Person { right: Right::Sync, ..Person::operator() };
        assert!(person.require(Right::Read).is_ok() && person.require(Right::Sync).is_ok());
        assert_eq!(person.require(Right::Admin).unwrap_err().status, 403);
    }
}
