//! The visitor of demo data: enters without a password by "Continue with demo data", where nobody but the machine
//! itself can reach the product and there is nothing to protect. The data being demo for good is what makes the
//! way in harmless: such a database never becomes a real one.

use axum::http::HeaderMap;

use super::sessions::Origin;
use super::{Role, audit, secret, sessions};
use crate::server::clock::now_ms;
use crate::server::context::Context;
use crate::server::db::Conn;
use crate::server::db::meta::{self, Holding};
use crate::server::db::users::{self, User};
use crate::server::error::Error;
use crate::server::sync::Kind;

/// What stands for the visitor's address.
const EMAIL: &str = "demo visitor";

/// Headers by which a proxy says that the request is somebody else's.
const FORWARDED: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Whether the way in is open to a request: on loopback only, over demo data, or where nothing is there yet.
pub async fn may_enter(context: &Context, headers: &HeaderMap) -> Result<bool, Error> {
    if !is_on_this_machine(context) || FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return Ok(false);
    }
    let mut tx = context.db.read().await?;
    Ok(match meta::holding(&mut tx).await? {
        Some(Holding::Demo) => true,
        Some(Holding::Real) => false,
        // Whoever has made an account here is about to bring real data.
        None => users::count(&mut tx).await? == 0,
    })
}

/// Whether somebody who came in so may go on.
pub async fn stays(conn: &mut Conn, context: &Context) -> Result<bool, Error> {
    Ok(is_on_this_machine(context) && meta::holding(conn).await? == Some(Holding::Demo))
}

fn is_on_this_machine(context: &Context) -> bool {
    context.config.is_local() && context.provider.kind() == Some(Kind::Simulator)
}

/// Lets the visitor in; an empty database holds demo data from then on. Answers with the session's token.
///
/// # Errors
/// The database failed, or has come to hold real data.
pub async fn enter(context: &Context, origin: &Origin) -> Result<String, Error> {
    let mut tx = context.db.write().await?;
    meta::make(&mut tx, Holding::Demo).await?;
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
    audit::write(&mut tx, &person, audit::Action::SignedIn, "with demo data").await?;
    tx.commit().await?;
    Ok(token)
}
