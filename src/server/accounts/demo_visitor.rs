//! The demo visitor: signs in without a password by "Continue with demo data", only on loopback and only on a
//! demo database. A demo database never becomes a real one, so there is nothing to protect.

use axum::http::HeaderMap;

use super::{audit, sessions};
use crate::domain::accounts::Role;
use crate::server::accounts::{Accounts, Origin};
use crate::server::base::clock::now_ms;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::tables::meta::{self, DataKind};
use crate::server::store::tables::users::{self, User};

/// Name of the visitor in place of an email address.
const EMAIL: &str = "demo visitor";

/// Headers that reveal a proxied request.
const FORWARDED: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Whether a request may sign in as visitor: loopback only, on a demo or empty database.
pub async fn may_enter(context: Accounts<'_>, headers: &HeaderMap) -> Result<bool, Error> {
    if !is_on_this_machine(context) || FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return Ok(false);
    }
    let mut tx = context.db.read().await?;
    Ok(match meta::data_kind(&mut tx).await? {
        Some(DataKind::Demo) => true,
        Some(DataKind::Real) => false,
        // With an account, real data is about to be added.
        None => users::count(&mut tx).await? == 0,
    })
}

/// Whether a visitor session may continue.
pub async fn is_still_authorized(conn: &mut Conn, context: Accounts<'_>) -> Result<bool, Error> {
    Ok(is_on_this_machine(context) && meta::data_kind(conn).await? == Some(DataKind::Demo))
}

fn is_on_this_machine(context: Accounts<'_>) -> bool {
    context.config.is_local() && context.is_simulated
}

/// Opens a visitor session; an empty database becomes a demo database. Returns the session token.
///
/// # Errors
/// The database failed, or now holds real data.
pub async fn enter(context: Accounts<'_>, origin: &Origin) -> Result<String, Error> {
    let mut tx = context.db.write().await?;
    meta::claim_as(&mut tx, DataKind::Demo).await?;
    let user = match users::by_email(&mut tx, EMAIL).await? {
        Some(user) => user,
        None => {
            let user = User {
                id: secret::id(),
                email: EMAIL.to_owned(),
                role: Role::Admin,
                password_hash: None,
                is_disabled: false,
                created_at: now_ms(),
                signed_in_at: None,
                password_ends_at: None,
            };
            users::add(&mut tx, &user).await?;
            user
        }
    };
    let (token, person) = sessions::begin(&mut tx, &user, origin).await?;
    audit::write(&mut tx, &person, crate::domain::accounts::Action::SignedIn, "with demo data").await?;
    tx.commit().await?;
    Ok(token)
}
