//! Creates the session of an authenticated user: finds, links or creates the account, applies the role of its
//! groups and opens the session, in one transaction.

use super::claims::Identity;
use super::failure::Failure;
use crate::domain::accounts::{Action, Role};
use crate::server::accounts::{Accounts, Origin, Person, audit, sessions, users as accounts};
use crate::server::base::clock::now_ms;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::tables::identities;
use crate::server::store::tables::users::{self, NO_PASSWORD, User};

/// Opens a session and returns its token. `role` is set if groups determine it.
///
/// # Errors
/// There is no account for this user; the account is disabled; the database failed.
pub(super) async fn enter(
    context: Accounts<'_>,
    identity: &Identity,
    role: Option<Role>,
    origin: &Origin,
) -> Result<String, Failure> {
    let mut tx = context.db.write().await?;
    let user = account(&mut tx, identity, role, origin).await?;
    if user.is_disabled {
        return Err(Failure::Disabled);
    }
    let user = match role {
        Some(role) if role != user.role => with_role(&mut tx, user, role, origin).await?,
        _ => user,
    };
    users::signed_in(&mut tx, &user.id, now_ms()).await?;
    let (token, person) = sessions::begin(&mut tx, &user, origin).await?;
    audit::write(&mut tx, &person, Action::SignedIn, "by single sign-on").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

/// The linked account; otherwise the one with the verified email, which is then linked; otherwise a new one.
async fn account(
    conn: &mut Conn,
    identity: &Identity,
    role: Option<Role>,
    origin: &Origin,
) -> Result<User, Failure> {
    let linked = identities::Identity { issuer: &identity.issuer, subject: &identity.subject };
    if let Some(id) = identities::user_id(conn, linked).await? {
        let user = users::by_id(conn, &id).await?;
        return user.ok_or_else(|| Error::Damaged("an identity of no account".to_owned()).into());
    }
    let email = identity.email.as_deref().ok_or(Failure::NoEmail)?;
    if !identity.is_verified {
        return Err(Failure::Unverified);
    }
    let email = accounts::validate_email(email).map_err(|_| Failure::NoEmail)?;
    let by = Person::unauthenticated(&email, origin);
    let user = match users::by_email(conn, &email).await? {
        Some(user) if user.is_disabled => return Err(Failure::Disabled),
        Some(user) => {
            // The provider may have reassigned the email to another person, who must not get this account.
            if identities::is_linked(conn, &user.id, &identity.issuer).await? {
                return Err(Failure::OtherPerson);
            }
            user
        }
        None => {
            let role = role.unwrap_or(Role::Viewer);
            let user = accounts::insert(conn, &by, email, role, NO_PASSWORD.to_owned(), None).await?;
            // Creating an account closes the first-admin setup.
            if users::first_admin(conn).await?.is_none() {
                return Err(Failure::NoAdmin);
            }
            user
        }
    };
    identities::add(conn, linked, &user.id, now_ms()).await?;
    audit::write(conn, &by, Action::IdentityLinked, format!("{} at {}", user.email, identity.issuer)).await?;
    Ok(user)
}

/// The account with the role of its groups; the last admin with a password stays an admin.
async fn with_role(conn: &mut Conn, user: User, role: Role, origin: &Origin) -> Result<User, Failure> {
    if accounts::is_last_admin(conn, &user).await? {
        tracing::warn!(target: "security", email = user.email, "the last admin stays one, whatever the groups");
        return Ok(user);
    }
    users::set_role(conn, &user.id, role).await?;
    let subject = format!("{}: {} to {role}, by groups", user.email, user.role);
    audit::write(conn, &Person::unauthenticated(&user.email, origin), Action::RoleChanged, subject).await?;
    Ok(User { role, ..user })
}
