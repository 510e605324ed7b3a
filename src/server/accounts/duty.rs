//! What a session has to do before it may do anything else.

use crate::server::db::sessions::Held;

/// Something that is to be done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// To change a password that somebody else has made.
    ChoosePassword,
    /// To set up the second factor that everybody needs.
    SetUpSecondFactor,
}

impl Duty {
    /// The first one of a session.
    pub fn of(held: &Held) -> Option<Self> {
        let user = &held.user;
        if !user.has_password() {
            // The visitor of demo data, and whoever single sign-on lets in, whose provider asks for what it wants.
            None
        } else if user.password_ends_at.is_some() {
            Some(Duty::ChoosePassword)
        } else {
            (held.everybody_needs_one && !held.has_second_factor).then_some(Duty::SetUpSecondFactor)
        }
    }

    /// What to do, for programs that come with the session.
    pub const fn words(self) -> &'static str {
        match self {
            Duty::ChoosePassword => "Choose a password first: open Music Analytics in a browser.",
            Duty::SetUpSecondFactor => "Set up two-step sign-in first: open Music Analytics in a browser.",
        }
    }
}
