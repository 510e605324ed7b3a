//! Sign-in and sign-out: by password, then by second-factor code where the account has one. Message, status
//! and timing are the same whether an account exists or not.

use super::ending::{Ended, end};
use super::throttle::{ThrottleKeys, seconds};
use super::{Person, audit, second_factor, sessions, users as accounts};
use crate::domain::accounts::{Action, email};
use crate::server::accounts::{Accounts, Origin};
use crate::server::base::clock::now_ms;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::Tx;
use crate::server::store::tables::users::{self, User};
use crate::server::store::tables::{pending_sign_ins, second_factors};

/// Time to enter the second-factor code, in milliseconds.
pub const PENDING_TTL_MS: i64 = 5 * 60_000;

/// Result of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The token of a new session.
    Done(String),
    /// Password correct; the token of a sign-in that waits for a code and grants nothing.
    NeedsCode(String),
    /// Unknown account, wrong password or code, or deactivated.
    Wrong,
    /// The temporary password is right but older than a day.
    Ended,
    /// The pending sign-in is gone.
    Lapsed,
    /// Throttled for this many seconds.
    Wait(u32),
}

/// Signs in by password.
///
/// # Errors
/// The database failed or is busy; too many concurrent sign-ins.
pub async fn sign_in(
    context: Accounts<'_>,
    email: &str,
    password: &str,
    origin: &Origin,
) -> Result<SignIn, Error> {
    let email = email::normalize_email(email);
    let subjects = ThrottleKeys::new(&email, &origin.address);
    let wait = subjects.wait_now(context.db).await?;
    if wait > 0 {
        tracing::warn!(target: "security", address = origin.address, "a sign-in was throttled");
        return Ok(SignIn::Wait(seconds(wait)));
    }
    // A rejected attempt costs next to nothing and is not counted.
    if !context.hasher.has_room() {
        return Err(Error::Overloaded);
    }
    let mut tx = context.db.write().await?;
    let wait = subjects.wait(&mut tx).await?;
    if wait > 0 {
        return Ok(SignIn::Wait(seconds(wait)));
    }
    subjects.count(&mut tx).await?;
    let user = users::by_email(&mut tx, &email).await?.filter(|user| !user.is_disabled);
    tx.commit().await?;

    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let is_right = context.hasher.matches(password.to_owned(), hash).await?;
    let Some(user) = user.filter(|_| is_right) else {
        // Users sometimes type a password into this field, so only a valid email is recorded.
        let email = accounts::validate_email(&email).unwrap_or_default();
        tracing::warn!(target: "security", email, address = origin.address, "a sign-in failed");
        audit::record_in_background(
            context.db,
            &Person::unauthenticated(email, origin),
            Action::SignInFailed,
            "",
        );
        return Ok(SignIn::Wrong);
    };
    let mut tx = context.db.write().await?;
    // The account may have been reset or disabled while the password was verified.
    let now = users::by_id(&mut tx, &user.id).await?.filter(|user| !user.is_disabled);
    let Some(user) = now.filter(|now| now.password_hash == user.password_hash) else {
        return Ok(SignIn::Wrong);
    };
    if user.password_has_ended(now_ms()) {
        let email = user.email;
        tracing::warn!(target: "security", email, address = origin.address, "an initial password had ended");
        let subject = "the initial password has expired";
        audit::record_in_background(
            context.db,
            &Person::unauthenticated(email, origin),
            Action::SignInFailed,
            subject,
        );
        return Ok(SignIn::Ended);
    }
    subjects.reset(&mut tx).await?;
    if second_factors::find(&mut tx, &user.id).await?.is_none() {
        return start_session(tx, &user, origin).await;
    }
    let token = secret::token();
    pending_sign_ins::forget_old(&mut tx, now_ms() - PENDING_TTL_MS).await?;
    pending_sign_ins::add(&mut tx, &secret::hash(&token), &user.id, now_ms()).await?;
    tx.commit().await?;
    Ok(SignIn::NeedsCode(token))
}

/// Completes a pending sign-in with a code.
pub async fn with_code(
    context: Accounts<'_>,
    token: &str,
    code: &str,
    origin: &Origin,
) -> Result<SignIn, Error> {
    let (hash, since) = (secret::hash(token), now_ms() - PENDING_TTL_MS);
    let user = pending_sign_ins::user(&mut *context.db.read().await?, &hash, since).await?;
    let Some(user) = user else { return Ok(SignIn::Lapsed) };
    let codes = ThrottleKeys::for_codes(&user.email);
    let wait = codes.wait_now(context.db).await?;
    if wait > 0 && !second_factor::is_recovery_code(&mut *context.db.read().await?, &user.id, code).await? {
        tracing::warn!(target: "security", email = user.email, address = origin.address, "a code was throttled");
        return Ok(SignIn::Wait(seconds(wait)));
    }
    // One transaction, so that of several concurrent codes each is counted before the next is checked.
    let mut tx = context.db.write().await?;
    let wait = codes.wait(&mut tx).await?;
    if wait > 0 && !second_factor::is_recovery_code(&mut tx, &user.id, code).await? {
        return Ok(SignIn::Wait(seconds(wait)));
    }
    let user = pending_sign_ins::user(&mut tx, &hash, since).await?;
    let Some(user) = user.filter(|user| !user.is_disabled && !user.password_has_ended(now_ms())) else {
        return Ok(SignIn::Lapsed);
    };
    codes.count(&mut tx).await?;
    let by = Person::unauthenticated(&user.email, origin);
    if !second_factor::consume_code(&mut tx, &user.id, &by, code).await? {
        tx.commit().await?;
        tracing::warn!(target: "security", email = user.email, address = origin.address, "a code was wrong");
        audit::record_in_background(context.db, &by, Action::CodeFailed, "");
        return Ok(SignIn::Wrong);
    }
    codes.reset(&mut tx).await?;
    pending_sign_ins::end(&mut tx, &hash).await?;
    start_session(tx, &user, origin).await
}

/// Opens the session.
async fn start_session(mut tx: Tx, user: &User, origin: &Origin) -> Result<SignIn, Error> {
    users::signed_in(&mut tx, &user.id, now_ms()).await?;
    let (token, person) = sessions::begin(&mut tx, user, origin).await?;
    audit::write(&mut tx, &person, Action::SignedIn, "").await?;
    tx.commit().await?;
    Ok(SignIn::Done(token))
}

/// Ends the session of a request.
pub async fn sign_out(context: Accounts<'_>, person: &Person) -> Result<(), Error> {
    let Some(session) = person.session_id() else { return Ok(()) };
    let (user_id, id) = (person.user_id.clone(), session.to_owned());
    end(context, person, Ended::Session { user_id, id, action: Action::SignedOut }).await.map(drop)
}
