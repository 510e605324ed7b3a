//! Signing in and out. Text, status and time are the same whether an account exists or not.

use super::audit::{self, Action};
use super::sessions::{self, Origin};
use super::throttle::Subjects;
use super::{Person, Role, Via, users as accounts};
use crate::server::clock::now_ms;
use crate::server::context::Context;
use crate::server::db::{self, users};
use crate::server::error::Error;

/// What became of a try to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The token of a new session.
    Done(String),
    /// No such account, or another password, or one that may not sign in.
    Wrong,
    /// Too many tries: not before so many seconds.
    Wait(u32),
}

/// Tries to sign in.
///
/// # Errors
/// The database failed or is busy; too many sign in at once.
pub async fn sign_in(
    context: &Context,
    email: &str,
    password: &str,
    origin: &Origin,
) -> Result<SignIn, Error> {
    let email = accounts::normal(email);
    let subjects = Subjects::new(&email, &origin.address);
    subjects.follow_clock(&context.db).await?;
    let wait = subjects.wait(&mut *context.db.read().await?).await?;
    if wait > 0 {
        tracing::warn!(target: "security", address = origin.address, "a sign-in was throttled");
        return Ok(SignIn::Wait(seconds(wait)));
    }
    // Whoever is sent away costs next to nothing, and it does not count.
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
        // What was typed may be a password: only an address that could be one is kept.
        let email = accounts::checked(&email).unwrap_or_default();
        tracing::warn!(target: "security", email, address = origin.address, "a sign-in failed");
        let person = Person {
            user_id: String::new(),
            email,
            right: Role::Viewer.right(),
            role: Role::Viewer,
            via: Via::Session(String::new()),
            address: origin.address.clone(),
        };
        audit::note(&context.db, &person, Action::SignInFailed, "");
        return Ok(SignIn::Wrong);
    };
    let mut tx = context.db.write().await?;
    // It may have been reset or disabled while the password was checked.
    let now = users::by_id(&mut tx, &user.id).await?.filter(|user| !user.is_disabled);
    let Some(user) = now.filter(|now| now.password_hash == user.password_hash) else {
        return Ok(SignIn::Wrong);
    };
    subjects.forgive(&mut tx).await?;
    users::signed_in(&mut tx, &user.id, now_ms()).await?;
    let (token, person) = sessions::begin(&mut tx, &user, origin).await?;
    audit::write(&mut tx, &person, Action::SignedIn, "").await?;
    tx.commit().await?;
    Ok(SignIn::Done(token))
}

fn seconds(milliseconds: i64) -> u32 {
    u32::try_from(milliseconds / 1000 + 1).unwrap_or(u32::MAX)
}

/// Ends the session of a request.
///
/// # Errors
/// The database failed or is busy.
pub async fn sign_out(context: &Context, person: &Person) -> Result<(), Error> {
    let Some(session) = person.session_id() else { return Ok(()) };
    let mut tx = context.db.write().await?;
    db::sessions::end(&mut tx, &person.user_id, session).await?;
    audit::write(&mut tx, person, Action::SignedOut, "").await?;
    Ok(tx.commit().await?)
}
