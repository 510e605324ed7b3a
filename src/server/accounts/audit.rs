//! The audit log. Entries about accounts are written in the transaction of the change; others right after it.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Person, secret};
use crate::domain::words::words;
use crate::server::clock::now_ms;
use crate::server::db::audit_log::{self, Entry};
use crate::server::db::{Conn, Db};
use crate::server::error::Error;

/// How long writing an entry waits for a running import.
const PATIENCE: Duration = Duration::from_secs(300);

words!(
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
    /// What was done, for people.
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

/// Writes an entry in the caller's transaction.
pub async fn write(
    conn: &mut Conn,
    person: &Person,
    action: Action,
    subject: impl Into<String>,
) -> Result<(), Error> {
    let entry = Entry {
        id: secret::id(),
        at: now_ms(),
        actor: person.email.clone(),
        via: person.via.to_string(),
        address: person.address.clone(),
        action,
        subject: subject.into(),
    };
    audit_log::add(conn, &entry).await
}

/// How long a request waits for its entry to be written; after that, the entry is written in the background.
const MOMENT: Duration = Duration::from_millis(500);

/// Writes an entry that must succeed before the action.
///
/// # Errors
/// The entry cannot be written: disk full or database failure.
pub async fn must_note(db: &Db, person: &Person, action: Action, subject: &str) -> Result<(), Error> {
    match tokio::time::timeout(MOMENT, writing(db, person, action, subject)).await {
        Ok(Ok(written)) => written,
        Ok(Err(stopped)) => std::panic::resume_unwind(stopped.into_panic()),
        // It goes on.
        Err(_) => Ok(()),
    }
}

/// Writes an entry about a completed action without blocking the caller.
pub fn note(db: &Db, person: &Person, action: Action, subject: impl Into<String>) {
    drop(writing(db, person, action, subject));
}

fn writing(
    db: &Db,
    person: &Person,
    action: Action,
    subject: impl Into<String>,
) -> JoinHandle<Result<(), Error>> {
    let (db, person, subject) = (db.clone(), person.clone(), subject.into());
    tokio::spawn(async move {
        let written = async {
            let mut tx = db.write_within(PATIENCE).await?;
            write(&mut tx, &person, action, subject).await?;
            Ok::<_, Error>(tx.commit().await?)
        };
        let written = written.await;
        if let Err(error) = &written {
            tracing::error!(%error, actor = person.email, %action, "cannot write an audit entry");
        }
        written
    })
}
