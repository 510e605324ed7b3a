//! User accounts: add, change, deactivate. Every change is in the audit log, in the same transaction.

use super::ending::{Ended, Unwritten, end};
use super::password::Hasher;
use super::sessions::end_others;
use super::throttle::ThrottleKeys;
use super::{Person, audit};
use crate::domain::accounts::password::check_strength;
use crate::domain::accounts::{Action, Role, email};
use crate::server::accounts::Accounts;
use crate::server::base::clock::{SECONDS_A_DAY, now_ms};
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::tables::users::{self, User};
use crate::server::store::tables::{api_tokens, identities, second_factors};
use crate::server::store::{Conn, Db};

/// Lifetime of a temporary password, in milliseconds.
const INITIAL_PASSWORD_TTL_MS: i64 = SECONDS_A_DAY * 1000;

/// Validates and normalizes an email address.
///
/// # Errors
/// The address is invalid.
pub fn validate_email(email: &str) -> Result<String, Error> {
    let invalid = || Error::invalid("email", "expected an e-mail address such as ada@example.com");
    email::checked(email).ok_or_else(invalid)
}

/// Checks a new password against the policy and hashes it.
///
/// # Errors
/// It is too weak; the hashing queue is full.
pub async fn hash(hasher: &Hasher, email: &str, password: &str) -> Result<String, Error> {
    check_strength(password, email).map_err(|weak| Error::invalid("password", weak.to_string()))?;
    hasher.hash(password.to_owned()).await
}

/// Adds an account with a password chosen by its owner.
///
/// # Errors
/// The address is invalid or in use; the password is too weak.
pub async fn add(
    db: &Db,
    hasher: &Hasher,
    by: &Person,
    email: &str,
    role: Role,
    password: &str,
) -> Result<User, Error> {
    let email = validate_email(email)?;
    let hash = hash(hasher, &email, password).await?;
    let mut tx = db.write().await?;
    let user = insert(&mut tx, by, email, role, hash, None).await?;
    tx.commit().await?;
    Ok(user)
}

/// Adds an account with a generated initial password, which is returned.
///
/// # Errors
/// The address is invalid or in use.
pub async fn add_with_initial(
    db: &Db,
    hasher: &Hasher,
    by: &Person,
    email: &str,
    role: Role,
) -> Result<(User, String), Error> {
    let email = validate_email(email)?;
    let password = secret::password();
    let hash = hasher.hash(password.clone()).await?;
    let mut tx = db.write().await?;
    let user = insert(&mut tx, by, email, role, hash, Some(now_ms() + INITIAL_PASSWORD_TTL_MS)).await?;
    tx.commit().await?;
    Ok((user, password))
}

/// Adds an account with a given hash, in the caller's transaction.
pub(super) async fn insert(
    conn: &mut Conn,
    by: &Person,
    email: String,
    role: Role,
    hash: String,
    password_ends_at: Option<i64>,
) -> Result<User, Error> {
    if users::by_email(conn, &email).await?.is_some() {
        return Err(Error::invalid("email", "there is an account of this address already"));
    }
    let user = User {
        id: secret::id(),
        email,
        role,
        password_hash: Some(hash),
        is_disabled: false,
        created_at: now_ms(),
        signed_in_at: None,
        password_ends_at,
    };
    users::add(conn, &user).await?;
    audit::write(conn, by, Action::UserAdded, format!("{} as {role}", user.email)).await?;
    Ok(user)
}

/// A change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    Role(Role),
    /// Deactivate: sessions and tokens end and are not restored.
    Disable,
    /// Reactivate.
    Enable,
    /// Set a password: sessions and tokens end.
    Password {
        hash: String,
        /// Expiry of a temporary password; `None` for one chosen by the owner.
        ends_at: Option<i64>,
    },
    /// Remove the second factor: sessions end, because the holder of the lost authenticator may have opened one.
    NoSecondFactor,
    /// Unlink from single sign-on: sessions end, and the next provider user with this address is linked.
    Unlink,
}

/// Gives an account a generated initial password, which is returned.
///
/// # Errors
/// The account does not exist.
pub async fn reset_password(
    db: &Db,
    hasher: &Hasher,
    by: &Person,
    id: &str,
) -> Result<(User, String), Error> {
    let password = secret::password();
    let hash = hasher.hash(password.clone()).await?;
    let user = change(
        db,
        by,
        id,
        AccountChange::Password { hash, ends_at: Some(now_ms() + INITIAL_PASSWORD_TTL_MS) },
    )
    .await?;
    Ok((user, password))
}

/// Changes an account.
///
/// # Errors
/// The account does not exist, or is the last admin with a password.
pub async fn change(db: &Db, by: &Person, id: &str, change: AccountChange) -> Result<User, Error> {
    let mut tx = db.write().await?;
    let user = change_in(&mut tx, by, id, &change).await?;
    tx.commit().await?;
    Ok(user)
}

/// Disables an account immediately; returns it, and whether the change is already written.
///
/// # Errors
/// Those of [`change`].
pub async fn disable(context: Accounts<'_>, by: &Person, id: &str) -> Result<(User, bool), Error> {
    let user = by_id(&mut *context.db.read().await?, id).await?;
    let is_written = end(context, by, Ended::Account { user_id: user.id.clone() }).await?;
    Ok((user, is_written))
}

/// Refuses to disable the last admin. Accounts whose disabling is not written yet do not count as admins.
pub(super) async fn may_be_disabled(conn: &mut Conn, id: &str, pending: &Unwritten) -> Result<(), Error> {
    let user = by_id(conn, id).await?;
    if is_last_admin_beside(conn, &user, |other| pending.has_account(&other.id)).await? {
        return Err(last_admin());
    }
    Ok(())
}

async fn by_id(conn: &mut Conn, id: &str) -> Result<User, Error> {
    let user = users::by_id(conn, id).await?.filter(|user| user.password_hash.is_some());
    user.ok_or_else(|| Error::NotFound { what: "user", id: id.to_owned() })
}

fn last_admin() -> Error {
    Error::invalid(
        "user",
        "this is the last admin who can sign in with a password: give somebody else both first",
    )
}

/// Like [`change`], in the caller's transaction.
pub(super) async fn change_in(
    conn: &mut Conn,
    by: &Person,
    id: &str,
    change: &AccountChange,
) -> Result<User, Error> {
    let user = by_id(conn, id).await?;
    let is_no_admin_then = match change {
        AccountChange::Role(role) => *role != Role::Admin,
        AccountChange::Disable => true,
        _ => false,
    };
    if is_no_admin_then && is_last_admin(conn, &user).await? {
        return Err(last_admin());
    }
    let (action, subject) = match change {
        AccountChange::Role(role) => {
            users::set_role(conn, id, *role).await?;
            (Action::RoleChanged, format!("{}: {} to {role}", user.email, user.role))
        }
        AccountChange::Disable => {
            users::set_disabled(conn, id, true).await?;
            end_others(conn, id, None).await?;
            api_tokens::revoke_all(conn, id, now_ms()).await?;
            (Action::UserDisabled, user.email.clone())
        }
        AccountChange::Enable => {
            users::set_disabled(conn, id, false).await?;
            (Action::UserEnabled, user.email.clone())
        }
        AccountChange::Password { hash, ends_at } => {
            users::set_password(conn, id, hash, *ends_at).await?;
            end_others(conn, id, None).await?;
            api_tokens::revoke_all(conn, id, now_ms()).await?;
            // Failed codes came from someone who knew the old password.
            ThrottleKeys::for_codes(&user.email).forget(conn).await?;
            (Action::PasswordReset, user.email.clone())
        }
        AccountChange::NoSecondFactor => {
            if !second_factors::remove(conn, id).await? {
                return Err(Error::invalid("user", "two-step sign-in is off for this account"));
            }
            end_others(conn, id, None).await?;
            ThrottleKeys::for_codes(&user.email).forget(conn).await?;
            (Action::SecondFactorReset, user.email.clone())
        }
        AccountChange::Unlink => {
            if !identities::remove(conn, id).await? {
                return Err(Error::invalid("user", "this account is not linked to single sign-on"));
            }
            end_others(conn, id, None).await?;
            (Action::IdentityUnlinked, user.email.clone())
        }
    };
    audit::write(conn, by, action, subject).await?;
    Ok(user)
}

/// Whether the account is the last admin with a password. Admins who use single sign-on only do not count: they are
/// locked out whenever the provider is unavailable.
pub(super) async fn is_last_admin(conn: &mut Conn, user: &User) -> Result<bool, Error> {
    is_last_admin_beside(conn, user, |_| false).await
}

async fn is_last_admin_beside(
    conn: &mut Conn,
    user: &User,
    is_out: impl Fn(&User) -> bool,
) -> Result<bool, Error> {
    if user.role != Role::Admin || user.is_disabled {
        return Ok(false);
    }
    let now = now_ms();
    let has_own_way = user.has_password() && !user.password_has_ended(now);
    let others = users::admins(conn).await?.into_iter().filter(|other| other.id != user.id && !is_out(other));
    let others: Vec<User> = others.collect();
    // A temporary password may never be used.
    let is_there = |other: &User| other.has_password() && other.password_ends_at.is_none();
    Ok(others.is_empty() || has_own_way && !others.iter().any(is_there))
}

///
/// # Errors
/// The account does not exist.
pub async fn by_email(db: &Db, email: &str) -> Result<User, Error> {
    let user = users::by_email(&mut *db.read().await?, &email::normalize_email(email)).await?;
    user.filter(|user| user.password_hash.is_some())
        .ok_or_else(|| Error::NotFound { what: "user", id: email.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(validate_email(" Ada@Example.COM ").unwrap(), "ada@example.com");
        assert_eq!(validate_email("admin@localhost").unwrap(), "admin@localhost");
        for wrong in ["", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c", &"a".repeat(300)] {
            assert!(validate_email(wrong).is_err(), "{wrong}");
        }
    }
}
