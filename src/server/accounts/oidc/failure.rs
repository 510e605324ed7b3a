//! Why a single sign-on failed: a sentence for the user and a reason for the log. Neither quotes the
//! provider, except for its error code.

use crate::server::error::Error;

/// Why a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No pending sign-in of this browser matches the callback.
    #[error("the state is of no sign-in that this browser has under way")]
    Stale,
    /// The provider returned this error code.
    #[error("the provider answered {0}")]
    Refused(String),
    /// The provider is unreachable or its response invalid.
    #[error("the provider is not available: {0}")]
    Unavailable(String),
    /// The provider and the configuration do not match.
    #[error("provider and configuration do not fit: {0}")]
    Misconfigured(String),
    /// A response could not be verified.
    #[error("the answer is not to be trusted: {0}")]
    Untrusted(&'static str),
    /// A timestamp is outside the allowed clock skew.
    #[error("clocks differ: {0}")]
    Clock(&'static str),
    /// The provider sent no email address.
    #[error("there is no e-mail address in the answer")]
    NoEmail,
    /// The email address is not verified.
    #[error("the e-mail address is not verified")]
    Unverified,
    /// The account may not sign in.
    #[error("the account is disabled")]
    Disabled,
    /// None of the groups has a role.
    #[error("none of the groups has a role")]
    NoGroup,
    /// The account with this email is linked to another user of the provider.
    #[error("the account is linked to another person of the provider")]
    OtherPerson,
    /// The first admin has not been created yet.
    #[error("there is no admin yet")]
    NoAdmin,
    /// Too many open sign-ins from this network.
    #[error("too many sign-ins were begun from this address")]
    TooMany,
    /// An internal error.
    #[error(transparent)]
    Server(#[from] Error),
}

impl Failure {
    /// Message for the user.
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Failure::Stale => {
                "This sign-in was used already, took more than ten minutes, or was begun in another \
                               browser or tab: begin it again."
                    .to_owned()
            }
            Failure::Refused(code) if code == "access_denied" => {
                format!(
                    "{name} did not let you in, or you cancelled: try again, or ask who manages your access there."
                )
            }
            Failure::Refused(code) => {
                format!(
                    "{name} answered with an error ({code}): try again, and tell an admin if it stays so."
                )
            }
            Failure::Unavailable(_) => {
                format!(
                    "{name} cannot be reached: try again in a minute, or sign in with a password if you have one."
                )
            }
            Failure::Misconfigured(_) => {
                format!(
                    "{name} and this server do not fit together: tell an admin; the server's log has the reason."
                )
            }
            Failure::Untrusted(_) => {
                format!(
                    "The answer of {name} could not be trusted: try again, and tell an admin if it stays so."
                )
            }
            Failure::Clock(_) => {
                format!(
                    "The clocks of this server and of {name} differ: ask an admin to set them, then try again."
                )
            }
            Failure::NoEmail => {
                format!(
                    "{name} did not say your e-mail address: ask an admin to have it sent, then try again."
                )
            }
            Failure::Unverified => {
                format!("{name} has not verified your e-mail address: verify it there, then try again.")
            }
            Failure::Disabled => "Your account here is disabled: ask an admin to enable it.".to_owned(),
            Failure::NoGroup => {
                format!("None of your groups at {name} may use this product: ask an admin for access.")
            }
            Failure::OtherPerson => {
                format!(
                    "The account of your e-mail address belongs to somebody else at {name}: ask an admin."
                )
            }
            Failure::NoAdmin => {
                "There is no admin yet: open the link that the server printed when it started.".to_owned()
            }
            Failure::TooMany => "Too many sign-ins were begun here: try again in ten minutes.".to_owned(),
            Failure::Server(_) => "Something went wrong on our side: try again in a moment.".to_owned(),
        }
    }
}
