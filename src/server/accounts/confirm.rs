//! Re-authentication before credentials change: the password, and a second-factor code where the account has
//! one, within the last ten minutes of the session. This limits what a stolen or unattended session can do.
//! Attempts count towards the sign-in throttle.

use super::sessions::liveness_cutoff;
use super::throttle::{ThrottleKeys, seconds};
use super::{Person, audit, second_factor};
use crate::domain::accounts::Action;
use crate::server::accounts::Accounts;
use crate::server::base::clock::now_ms;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::tables::users::{self, User};
use crate::server::store::tables::{second_factors, sessions as stored};

/// Validity of a confirmation, in milliseconds.
const PROOF_TTL_MS: i64 = 10 * 60_000;

/// Credentials given for a confirmation.
#[derive(Clone, Copy)]
pub struct ProofInput<'a> {
    pub password: &'a str,
    /// Second-factor code; empty if not required.
    pub code: &'a str,
}

/// What a credential change requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredProof {
    /// Nothing: confirmed recently, or the demo visitor.
    Nothing,
    /// Sign in again: the account has single sign-on and no password.
    SignIn,
    Password,
    /// The password and a code.
    Both,
}

/// Result of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Confirmed; the account at that time.
    Given(Box<User>),
    /// Wrong password or code.
    Wrong,
    /// Throttled for this many seconds.
    Wait(u32),
}

/// What this request's user must confirm.
pub async fn required_proof(conn: &mut Conn, person: &Person) -> Result<RequiredProof, Error> {
    let Some(id) = person.session_id() else { return Ok(RequiredProof::Nothing) };
    let Some(held) = stored::by_id(conn, id, liveness_cutoff()).await? else {
        return Ok(RequiredProof::Password);
    };
    let age = now_ms() - held.session.confirmed_at;
    // A clock set back must not extend a confirmation.
    let is_fresh = (0..PROOF_TTL_MS).contains(&age);
    Ok(if held.user.password_hash.is_none() || is_fresh {
        RequiredProof::Nothing
    } else if !held.user.has_password() {
        RequiredProof::SignIn
    } else if held.has_second_factor {
        RequiredProof::Both
    } else {
        RequiredProof::Password
    })
}

/// Checks the password, and the code if required. The result does not reveal which was wrong.
///
/// # Errors
/// The account has no password or was changed in the meantime; the database failed or is busy.
pub async fn reauthenticate(
    context: Accounts<'_>,
    person: &Person,
    given: ProofInput<'_>,
) -> Result<Proof, Error> {
    let passwords = ThrottleKeys::new(&person.email, &person.address);
    let codes = ThrottleKeys::for_codes(&person.email);
    passwords.follow_clock(context.db).await?;
    codes.follow_clock(context.db).await?;
    let mut tx = context.db.write().await?;
    let needs_code = required_proof(&mut tx, person).await? != RequiredProof::Nothing
        && second_factors::find(&mut tx, &person.user_id).await?.is_some();
    let is_throttled =
        needs_code && !second_factor::is_recovery_code(&mut tx, &person.user_id, given.code).await?;
    let wait_for_codes = if is_throttled { codes.wait(&mut tx).await? } else { 0 };
    let wait = passwords.wait(&mut tx).await?.max(wait_for_codes);
    if wait > 0 {
        return Ok(Proof::Wait(seconds(wait)));
    }
    passwords.count(&mut tx).await?;
    let user = users::by_id(&mut tx, &person.user_id).await?;
    tx.commit().await?;
    let Some(hash) = user.filter(User::has_password).and_then(|user| user.password_hash) else {
        return Err(Error::invalid("password", "this account has no password"));
    };
    if !context.hasher.matches(given.password.to_owned(), Some(hash.clone())).await? {
        failed(context, person);
        return Ok(Proof::Wrong);
    }
    let mut tx = context.db.write().await?;
    // The account may have been reset or disabled in the meantime.
    let user = users::by_id(&mut tx, &person.user_id).await?.filter(|user| !user.is_disabled);
    let Some(user) = user.filter(|user| user.password_hash.as_ref() == Some(&hash)) else {
        return Err(changed_meanwhile());
    };
    if needs_code {
        codes.count(&mut tx).await?;
        if !second_factor::consume_code(&mut tx, &user.id, person, given.code).await? {
            tx.commit().await?;
            failed(context, person);
            return Ok(Proof::Wrong);
        }
        codes.reset(&mut tx).await?;
    }
    passwords.reset(&mut tx).await?;
    if let Some(session) = person.session_id() {
        stored::confirm(&mut tx, session, now_ms()).await?;
    }
    tx.commit().await?;
    Ok(Proof::Given(Box::new(user)))
}

/// Message if the account has changed.
pub(super) fn changed_meanwhile() -> Error {
    Error::invalid("current_password", "your account was changed meanwhile: sign in again")
}

fn failed(context: Accounts<'_>, person: &Person) {
    let (email, address) = (&person.email, &person.address);
    tracing::warn!(target: "security", email, address, "a confirmation failed");
    audit::record_in_background(context.db, person, Action::ConfirmationFailed, "");
}
