//! Changes the user's own password, by choice or because it was set by an admin.

use super::confirm::{self, Proof, ProofInput, RequiredProof, changed_meanwhile};
use super::sessions::end_others;
use super::{Person, audit};
use crate::domain::accounts::Action;
use crate::domain::accounts::password::check_strength;
use crate::server::accounts::Accounts;
use crate::server::error::Error;
use crate::server::store::tables::users;

/// Changes the password and ends other sessions. The current password may be omitted after a recent
/// confirmation.
///
/// # Errors
/// Throttled; wrong current password; the new password is too weak or unchanged.
pub async fn change(
    context: Accounts<'_>,
    person: &Person,
    current: Option<ProofInput<'_>>,
    new_password: &str,
) -> Result<(), Error> {
    check_strength(new_password, &person.email)
        .map_err(|error| Error::invalid("new_password", error.to_string()))?;
    let user = match current {
        // Attempts count towards the throttle: a session thief must not be able to guess the password.
        Some(given) => match confirm::reauthenticate(context, person, given).await? {
            Proof::Given(user) => *user,
            Proof::Wrong if given.code.is_empty() => {
                return Err(Error::invalid("current_password", "this is not your password"));
            }
            Proof::Wrong => return Err(Error::invalid("current_password", "wrong password or code")),
            Proof::Wait(seconds) => {
                return Err(Error::invalid(
                    "current_password",
                    format!("too many attempts: try again in {seconds} s"),
                ));
            }
        },
        None => {
            let mut tx = context.db.read().await?;
            if confirm::required_proof(&mut tx, person).await? != RequiredProof::Nothing {
                return Err(Error::invalid("current_password", "enter the current password as well"));
            }
            users::by_id(&mut tx, &person.user_id).await?.ok_or_else(changed_meanwhile)?
        }
    };
    // Otherwise a single sign-on user could set a password to bypass single sign-on.
    if !user.has_password() {
        return Err(Error::invalid("password", "this account has no password: an admin can give it one"));
    }
    let old = user.password_hash;
    if context.hasher.matches(new_password.to_owned(), old.clone()).await? {
        return Err(Error::invalid("new_password", "this is the current password: choose another"));
    }
    let hash = context.hasher.hash(new_password.to_owned()).await?;
    let mut tx = context.db.write().await?;
    // The account may have been reset or disabled in the meantime.
    let now = users::by_id(&mut tx, &person.user_id).await?.filter(|user| !user.is_disabled);
    if now.and_then(|user| user.password_hash) != old {
        return Err(changed_meanwhile());
    }
    users::set_password(&mut tx, &person.user_id, &hash, None).await?;
    end_others(&mut tx, &person.user_id, person.session_id()).await?;
    audit::write(&mut tx, person, Action::PasswordChanged, "").await?;
    Ok(tx.commit().await?)
}
