//! Whoever changes what lets somebody in proves once more who they are: by the password, and a code where there is a second
//! factor, within the last ten minutes of the session. So a session that was left open or stolen is worth less. Tries count
//! as those to sign in do.

use super::audit::{self, Action};
use super::sessions::alive;
use super::throttle::{Subjects, seconds};
use super::{Person, second_factor};
use crate::server::clock::now_ms;
use crate::server::context::Context;
use crate::server::db::users::{self, User};
use crate::server::db::{Conn, second_factors, sessions as stored};
use crate::server::error::Error;

/// A proof counts for so long, in milliseconds.
const FRESH: i64 = 10 * 60_000;

/// What somebody gives to prove who they are.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The password.
    pub password: &'a str,
    /// The code; empty where none is asked for.
    pub code: &'a str,
}

/// What is asked of somebody who wants to change what lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: it was given in the last minutes, or it is the visitor of demo data.
    Nothing,
    /// To sign in once more: there is no password, but single sign-on.
    SignIn,
    /// The password.
    Password,
    /// The password and a code.
    Both,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It is them: the account as it was then.
    Given(Box<User>),
    /// Something of it was wrong.
    Wrong,
    /// Too many tries: not before so many seconds.
    Wait(u32),
}

/// What is asked of a request's person.
pub async fn asked(conn: &mut Conn, person: &Person) -> Result<Asked, Error> {
    let Some(id) = person.session_id() else { return Ok(Asked::Nothing) };
    let Some(held) = stored::by_id(conn, id, alive()).await? else { return Ok(Asked::Password) };
    let age = now_ms() - held.session.confirmed_at;
    // A clock that was set back makes no proof last longer.
    let is_fresh = (0..FRESH).contains(&age);
    Ok(if held.user.password_hash.is_none() || is_fresh {
        Asked::Nothing
    } else if !held.user.has_password() {
        Asked::SignIn
    } else if held.has_second_factor {
        Asked::Both
    } else {
        Asked::Password
    })
}

/// Takes the password, and the code where one is asked for. What was wrong is not told apart.
///
/// # Errors
/// The account has no password, or was changed meanwhile; the database failed or is busy.
pub async fn prove(context: &Context, person: &Person, given: Given<'_>) -> Result<Proof, Error> {
    let passwords = Subjects::new(&person.email, &person.address);
    let codes = Subjects::of_codes(&person.email);
    passwords.follow_clock(&context.db).await?;
    codes.follow_clock(&context.db).await?;
    let mut tx = context.db.write().await?;
    let needs_code = asked(&mut tx, person).await? != Asked::Nothing
        && second_factors::of(&mut tx, &person.user_id).await?.is_some();
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
    // It may have been reset or disabled meanwhile.
    let user = users::by_id(&mut tx, &person.user_id).await?.filter(|user| !user.is_disabled);
    let Some(user) = user.filter(|user| user.password_hash.as_ref() == Some(&hash)) else {
        return Err(changed_meanwhile());
    };
    if needs_code {
        codes.count(&mut tx).await?;
        if !second_factor::takes(&mut tx, &user.id, person, given.code).await? {
            tx.commit().await?;
            failed(context, person);
            return Ok(Proof::Wrong);
        }
        codes.forgive(&mut tx).await?;
    }
    passwords.forgive(&mut tx).await?;
    if let Some(session) = person.session_id() {
        stored::confirm(&mut tx, session, now_ms()).await?;
    }
    tx.commit().await?;
    Ok(Proof::Given(Box::new(user)))
}

/// What somebody is told whose account is not what it was.
pub(super) fn changed_meanwhile() -> Error {
    Error::invalid("before", "your account was changed meanwhile: sign in again")
}

fn failed(context: &Context, person: &Person) {
    let (email, address) = (&person.email, &person.address);
    tracing::warn!(target: "security", email, address, "a confirmation failed");
    audit::note(&context.db, person, Action::ConfirmationFailed, "");
}
