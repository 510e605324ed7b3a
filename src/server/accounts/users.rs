//! Accounts: added, changed, shut out. Every change is in the audit log, by the same transaction.

use super::audit::{self, Action};
use super::password::{Hasher, accept};
use super::throttle::Subjects;
use super::{Person, Role, secret};
use crate::server::clock::now_ms;
use crate::server::db::users::{self, User};
use crate::server::db::{Conn, Db, api_tokens, sessions};
use crate::server::error::Error;

/// The most characters of an address.
const LONGEST: usize = 254;

/// An address as accounts have it: trimmed and in lower case.
pub fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// An address that an account may have.
///
/// # Errors
/// It is none.
pub fn checked(email: &str) -> Result<String, Error> {
    let email = normal(email);
    let is_address = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_plain = !email.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_address && is_plain && email.chars().count() <= LONGEST {
        Ok(email)
    } else {
        Err(Error::invalid("email", "expected an e-mail address such as ada@example.com"))
    }
}

/// The hash of a new password of an account.
///
/// # Errors
/// It is too weak; too many are being hashed.
pub async fn hash(hasher: &Hasher, email: &str, password: &str) -> Result<String, Error> {
    accept(password, email).map_err(|weak| Error::invalid("password", weak.to_string()))?;
    hasher.hash(password.to_owned()).await
}

/// Adds an account.
///
/// # Errors
/// An address that is none or has an account; a password that is too weak.
pub async fn add(
    db: &Db,
    hasher: &Hasher,
    by: &Person,
    email: &str,
    role: Role,
    password: &str,
) -> Result<User, Error> {
    let email = checked(email)?;
    let hash = hash(hasher, &email, password).await?;
    let mut tx = db.write().await?;
    let user = insert(&mut tx, by, email, role, hash).await?;
    tx.commit().await?;
    Ok(user)
}

/// The same in the caller's transaction, with a hash that is there.
pub(super) async fn insert(
    conn: &mut Conn,
    by: &Person,
    email: String,
    role: Role,
    hash: String,
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
    };
    users::add(conn, &user).await?;
    audit::write(conn, by, Action::UserAdded, format!("{} as {role}", user.email)).await?;
    Ok(user)
}

/// What is changed about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// What it may do.
    Role(Role),
    /// It may not sign in any more: its sessions and its tokens end for good.
    Disable,
    /// It may again.
    Enable,
    /// A password of which this is the hash: its sessions and its tokens end.
    Password(String),
}

/// Changes the account of an id.
///
/// # Errors
/// There is none; it is the last admin, who must stay one.
pub async fn change(db: &Db, by: &Person, id: &str, change: Change) -> Result<User, Error> {
    let mut tx = db.write().await?;
    let user = users::by_id(&mut tx, id).await?.filter(|user| user.password_hash.is_some());
    let user = user.ok_or_else(|| Error::NotFound { what: "user", id: id.to_owned() })?;
    let (action, subject) = match &change {
        Change::Role(role) => {
            users::set_role(&mut tx, id, *role).await?;
            (Action::RoleChanged, format!("{}: {} to {role}", user.email, user.role))
        }
        Change::Disable => {
            users::set_disabled(&mut tx, id, true).await?;
            sessions::end_others(&mut tx, id, None).await?;
            api_tokens::revoke_all(&mut tx, id, now_ms()).await?;
            (Action::UserDisabled, user.email.clone())
        }
        Change::Enable => {
            users::set_disabled(&mut tx, id, false).await?;
            (Action::UserEnabled, user.email.clone())
        }
        Change::Password(hash) => {
            users::set_password(&mut tx, id, hash).await?;
            sessions::end_others(&mut tx, id, None).await?;
            api_tokens::revoke_all(&mut tx, id, now_ms()).await?;
            (Action::PasswordReset, user.email.clone())
        }
    };
    if user.role == Role::Admin && users::first_admin(&mut tx).await?.is_none() {
        return Err(Error::invalid("user", "this is the last admin: make somebody else one first"));
    }
    audit::write(&mut tx, by, action, subject).await?;
    tx.commit().await?;
    Ok(user)
}

/// The account of an address.
///
/// # Errors
/// There is none.
pub async fn by_email(db: &Db, email: &str) -> Result<User, Error> {
    let user = users::by_email(&mut *db.read().await?, &normal(email)).await?;
    user.filter(|user| user.password_hash.is_some())
        .ok_or_else(|| Error::NotFound { what: "user", id: email.to_owned() })
}

/// Somebody chooses another password of their own; other sessions end. Tries count as those to sign in do.
///
/// # Errors
/// Too many tries; the password of before is another one; the new one is too weak.
pub async fn change_own_password(
    db: &Db,
    hasher: &Hasher,
    person: &Person,
    before: &str,
    after: &str,
) -> Result<(), Error> {
    accept(after, &person.email).map_err(|error| Error::invalid("after", error.to_string()))?;
    // Whoever has got at a session is not to find out the password by it.
    let subjects = Subjects::new(&person.email, &person.address);
    let mut tx = db.write().await?;
    let wait = subjects.wait(&mut tx).await?;
    if wait > 0 {
        return Err(Error::invalid("before", format!("too many tries: try again in {} s", wait / 1000 + 1)));
    }
    subjects.count(&mut tx).await?;
    let old = users::by_id(&mut tx, &person.user_id).await?.and_then(|user| user.password_hash);
    tx.commit().await?;
    if old.is_none() {
        return Err(Error::invalid("password", "the visitor of demo data has no password"));
    }
    if !hasher.matches(before.to_owned(), old.clone()).await? {
        return Err(Error::invalid("before", "this is not your password"));
    }
    let hash = hasher.hash(after.to_owned()).await?;
    let mut tx = db.write().await?;
    // It may have been reset or disabled meanwhile.
    let now = users::by_id(&mut tx, &person.user_id).await?.filter(|user| !user.is_disabled);
    if now.and_then(|user| user.password_hash) != old {
        return Err(Error::invalid("before", "your account was changed meanwhile: sign in again"));
    }
    subjects.forgive(&mut tx).await?;
    users::set_password(&mut tx, &person.user_id, &hash).await?;
    sessions::end_others(&mut tx, &person.user_id, person.session_id()).await?;
    audit::write(&mut tx, person, Action::PasswordChanged, "").await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(checked(" Ada@Example.COM ").unwrap(), "ada@example.com");
        assert_eq!(checked("admin@localhost").unwrap(), "admin@localhost");
        for wrong in ["", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c", &"a".repeat(300)] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }
}
