//! API tokens: created by users for scripts, shown once, revocable at any time.

use super::{AuthMethod, Person, audit};
use crate::domain::accounts::{Action, Right};
use crate::server::accounts::Accounts;
use crate::server::base::clock::{SECONDS_A_DAY, now_ms};
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::tables::api_tokens::{self, ApiToken};
use crate::server::store::tables::users::User;
use crate::server::store::{Conn, Db};

/// Maximum length of a token's name.
const MAX_NAME_CHARS: usize = 80;
/// Maximum lifetime in days.
pub const MOST_DAYS: u32 = 3_650;
/// Resolution of the stored last use, in milliseconds.
const USE_RESOLUTION_MS: i64 = 60_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Chosen by the owner.
    pub name: String,
    /// Maximum rights of the token.
    pub scope: Right,
    /// Lifetime in days; `None` for unlimited.
    pub days: Option<u32>,
}

/// Creates a token for an account; returns its secret, which is shown once.
///
/// # Errors
/// The name is empty or too long; the lifetime is out of range.
pub async fn create(db: &Db, by: &Person, owner: &User, new: NewToken) -> Result<String, Error> {
    let token = secret::token();
    let mut tx = db.write().await?;
    insert(&mut tx, by, owner, new, &token).await?;
    tx.commit().await?;
    Ok(token)
}

/// Creates a token with a given secret, in the caller's transaction.
pub(super) async fn insert(
    conn: &mut Conn,
    by: &Person,
    owner: &User,
    new: NewToken,
    token: &str,
) -> Result<(), Error> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.contains(char::is_control) {
        return Err(Error::invalid("name", format!("expected a name of 1 to {MAX_NAME_CHARS} characters")));
    }
    if owner.password_hash.is_none() {
        return Err(Error::invalid(
            "name",
            "the visitor of demo data has no tokens: create an account first",
        ));
    }
    if new.days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        return Err(Error::invalid("days", format!("expected a number of days from 1 to {MOST_DAYS}")));
    }
    let now = now_ms();
    let stored = ApiToken {
        id: secret::id(),
        user_id: owner.id.clone(),
        name,
        scope: new.scope,
        created_at: now,
        expires_at: new.days.map(|days| now + i64::from(days) * SECONDS_A_DAY * 1000),
        used_at: None,
        revoked_at: None,
    };
    api_tokens::add(conn, &stored, &secret::hash(token)).await?;
    let subject = format!("{} of {}, scope {}", stored.name, owner.email, stored.scope);
    audit::write(conn, by, Action::TokenCreated, subject).await
}

/// The caller of a token; `None` if invalid.
pub async fn authenticate(
    context: Accounts<'_>,
    token: &str,
    address: &str,
) -> Result<Option<Person>, Error> {
    let (db, ended) = (context.db, context.ending.unwritten());
    let found = api_tokens::with_owner(&mut *db.reader().await?, &secret::hash(token)).await?;
    let found = found.filter(|(_, owner)| !ended.has_account(&owner.id));
    let Some((found, owner)) = found else { return Ok(None) };
    let person = person(&found, owner, address);
    if person.is_some() && found.used_at.is_none_or(|used| (now_ms() - used).abs() > USE_RESOLUTION_MS) {
        note_use(db, &found.id);
    }
    Ok(person)
}

/// Whether a token is still valid with the same right.
pub async fn is_valid(context: Accounts<'_>, id: &str, right: Right) -> Result<bool, Error> {
    let ended = context.ending.unwritten();
    let mut tx = context.db.read().await?;
    let Some(found) = api_tokens::by_id(&mut tx, id).await? else { return Ok(false) };
    let owner = api_tokens::owner(&mut tx, &found).await?;
    let is_shut_out = ended.has_account(&owner.id);
    Ok(!is_shut_out && person(&found, owner, "").is_some_and(|person| person.right >= right))
}

fn person(token: &ApiToken, owner: User, address: &str) -> Option<Person> {
    // The demo visitor has no password and must not have tokens either: they would work from other machines.
    if owner.is_disabled || owner.password_hash.is_none() || !token.is_alive(now_ms()) {
        return None;
    }
    Some(Person {
        user_id: owner.id,
        email: owner.email,
        role: owner.role,
        right: token.scope.min(owner.role.right()),
        via: AuthMethod::Token { id: token.id.clone(), name: token.name.clone() },
        address: address.to_owned(),
    })
}

fn note_use(db: &Db, id: &str) {
    let (db, id) = (db.clone(), id.to_owned());
    tokio::spawn(async move {
        let noted = async {
            let mut tx = db.write().await?;
            api_tokens::record_use(&mut tx, &id, now_ms()).await?;
            Ok::<_, Error>(tx.commit().await?)
        };
        if let Err(error) = noted.await {
            tracing::debug!(%error, "cannot update the last use of a token");
        }
    });
}

/// Revokes a token: the user's own, or any as an admin.
///
/// # Errors
/// No such token, or another user's.
pub async fn revoke(db: &Db, by: &Person, id: &str) -> Result<ApiToken, Error> {
    let mut tx = db.write().await?;
    let token = api_tokens::by_id(&mut tx, id).await?;
    let is_theirs = |token: &ApiToken| token.user_id == by.user_id || by.right >= Right::Admin;
    let token = token.filter(|token| token.revoked_at.is_none() && is_theirs(token));
    let token = token.ok_or_else(|| Error::NotFound { what: "token", id: id.to_owned() })?;
    let owner = api_tokens::owner(&mut tx, &token).await?;
    api_tokens::revoke(&mut tx, id, now_ms()).await?;
    audit::write(&mut tx, by, Action::TokenRevoked, format!("{} of {}", token.name, owner.email)).await?;
    tx.commit().await?;
    Ok(token)
}
