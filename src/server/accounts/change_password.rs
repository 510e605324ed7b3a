//! Changes the user's own password, by choice or because it was set by an admin.

use super::confirm::{self, Asked, Given, Proof, changed_meanwhile};
use super::sessions::end_others;
use super::{Person, audit};
use crate::domain::accounts::Action;
use crate::domain::accounts::password::accept;
use crate::server::accounts::Accounts;
use crate::server::error::Error;
use crate::server::store::tables::users;

/// Changes the password and ends other sessions. The current password may be omitted after a recent
/// confirmation.
///
/// # Errors
/// Too many tries; the password of before is another one; the new one is too weak, or the same.
pub async fn change(
    context: Accounts<'_>,
    person: &Person,
    before: Option<Given<'_>>,
    after: &str,
) -> Result<(), Error> {
    accept(after, &person.email).map_err(|error| Error::invalid("after", error.to_string()))?;
    let user = match before {
        // A session thief must not be able to guess the password: attempts count.
        Some(given) => match confirm::prove(context, person, given).await? {
            Proof::Given(user) => *user,
            Proof::Wrong if given.code.is_empty() => {
                return Err(Error::invalid("before", "this is not your password"));
            }
            Proof::Wrong => return Err(Error::invalid("before", "the password or the code is wrong")),
            Proof::Wait(seconds) => {
                return Err(Error::invalid("before", format!("too many tries: try again in {seconds} s")));
            }
        },
        None => {
            let mut tx = context.db.read().await?;
            if confirm::asked(&mut tx, person).await? != Asked::Nothing {
                return Err(Error::invalid("before", "enter the password so far as well"));
            }
            users::by_id(&mut tx, &person.user_id).await?.ok_or_else(changed_meanwhile)?
        }
    };
    // Single sign-on users cannot set a password to bypass it.
    if !user.has_password() {
        return Err(Error::invalid("password", "this account has no password: an admin can give it one"));
    }
    let old = user.password_hash;
    if context.hasher.matches(after.to_owned(), old.clone()).await? {
        return Err(Error::invalid("after", "this is the password so far: choose another"));
    }
    let hash = context.hasher.hash(after.to_owned()).await?;
    let mut tx = context.db.write().await?;
    // It may have been reset or disabled meanwhile.
    let now = users::by_id(&mut tx, &person.user_id).await?.filter(|user| !user.is_disabled);
    if now.and_then(|user| user.password_hash) != old {
        return Err(changed_meanwhile());
    }
    users::set_password(&mut tx, &person.user_id, &hash, None).await?;
    end_others(&mut tx, &person.user_id, person.session_id()).await?;
    audit::write(&mut tx, person, Action::PasswordChanged, "").await?;
    Ok(tx.commit().await?)
}
