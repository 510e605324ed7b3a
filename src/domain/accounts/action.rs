//! Audited actions.

use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// An audited action.
    Action, "action", {
        /// Signed in.
        SignedIn = "signed-in",
        /// Gave a wrong password.
        SignInFailed = "sign-in-failed",
        /// Signed out.
        SignedOut = "signed-out",
        /// Ended a session from elsewhere.
        SessionRevoked = "session-revoked",
        /// Gave the right password and a wrong code.
        CodeFailed = "code-failed",
        /// Chose another password.
        PasswordChanged = "password-changed",
        /// Reset a user's password.
        PasswordReset = "password-reset",
        /// Added an account.
        UserAdded = "user-added",
        /// Changed what an account may do.
        RoleChanged = "role-changed",
        /// Deactivated an account.
        UserDisabled = "user-disabled",
        /// Reactivated it.
        UserEnabled = "user-enabled",
        /// Turned the second factor on.
        SecondFactorOn = "second-factor-on",
        /// Turned it off.
        SecondFactorOff = "second-factor-off",
        /// Removed a user's second factor.
        SecondFactorReset = "second-factor-reset",
        /// Made new recovery codes.
        RecoveryCodesMade = "recovery-codes-made",
        /// Used a recovery code in the place of one of the authenticator.
        RecoveryCodeUsed = "recovery-code-used",
        /// Changed whether a second factor is mandatory.
        SecondFactorRule = "second-factor-rule",
        /// Failed to confirm who they are.
        ConfirmationFailed = "confirmation-failed",
        /// Linked an account to a single sign-on user.
        IdentityLinked = "identity-linked",
        /// Unlinked it.
        IdentityUnlinked = "identity-unlinked",
        /// Created an API token.
        TokenCreated = "token-created",
        /// Revoked an API token.
        TokenRevoked = "token-revoked",
        /// Changed what a platform's values mean, or whether it is reported.
        PlatformChanged = "platform-changed",
        /// Added an artist of the provider.
        ArtistAdded = "artist-added",
        /// Linked an artist to the provider's.
        ArtistLinked = "artist-linked",
        /// Started a sync.
        SyncStarted = "sync-started",
        /// Retried a sync.
        SyncRetried = "sync-retried",
        /// Cancelled a sync.
        SyncCancelled = "sync-cancelled",
        /// Imported a file.
        Imported = "imported",
        /// Undid an import.
        ImportUndone = "import-undone",
        /// Downloaded a report.
        Exported = "exported",
    }
);

impl Action {
    /// Display text.
    pub const fn label(self) -> &'static str {
        match self {
            Action::SignedIn => "Signed in",
            Action::SignInFailed => "Failed to sign in",
            Action::SignedOut => "Signed out",
            Action::SessionRevoked => "Ended a session",
            Action::CodeFailed => "Failed to give the code",
            Action::PasswordChanged => "Changed the password",
            Action::PasswordReset => "Reset a password",
            Action::UserAdded => "Added a user",
            Action::RoleChanged => "Changed a role",
            Action::UserDisabled => "Disabled a user",
            Action::UserEnabled => "Enabled a user",
            Action::SecondFactorOn => "Turned two-step sign-in on",
            Action::SecondFactorOff => "Turned two-step sign-in off",
            Action::SecondFactorReset => "Reset a two-step sign-in",
            Action::RecoveryCodesMade => "Made recovery codes",
            Action::RecoveryCodeUsed => "Used a recovery code",
            Action::SecondFactorRule => "Said who needs two steps",
            Action::ConfirmationFailed => "Failed to confirm",
            Action::IdentityLinked => "Linked single sign-on",
            Action::IdentityUnlinked => "Unlinked single sign-on",
            Action::TokenCreated => "Created a token",
            Action::TokenRevoked => "Revoked a token",
            Action::PlatformChanged => "Changed a platform",
            Action::ArtistAdded => "Added an artist",
            Action::ArtistLinked => "Linked an artist",
            Action::SyncStarted => "Started a sync",
            Action::SyncRetried => "Retried a sync",
            Action::SyncCancelled => "Cancelled a sync",
            Action::Imported => "Imported",
            Action::ImportUndone => "Took an import back",
            Action::Exported => "Exported",
        }
    }
}
