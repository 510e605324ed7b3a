//! What a session must do before anything else, such as changing a temporary password.

use crate::server::store::tables::sessions::SessionWithUser;

/// A pending duty of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredAction {
    /// Change a password set by an admin.
    ChoosePassword,
    /// Set up the mandatory second factor.
    SetUpSecondFactor,
}

impl RequiredAction {
    /// The first pending duty of a session.
    pub fn first_for(held: &SessionWithUser) -> Option<Self> {
        let user = &held.user;
        if !user.has_password() {
            // The demo visitor and single sign-on users have none; their provider enforces its own policy.
            None
        } else if user.password_ends_at.is_some() {
            Some(RequiredAction::ChoosePassword)
        } else {
            (held.everybody_needs_one && !held.has_second_factor).then_some(RequiredAction::SetUpSecondFactor)
        }
    }

    /// Instruction for API clients that use the session.
    pub const fn instruction(self) -> &'static str {
        match self {
            RequiredAction::ChoosePassword => "Choose a password first: open Music Analytics in a browser.",
            RequiredAction::SetUpSecondFactor => {
                "Set up two-step sign-in first: open Music Analytics in a browser."
            }
        }
    }
}
