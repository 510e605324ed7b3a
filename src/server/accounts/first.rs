//! The first admin: from the configuration, or by a link that is printed at the start and works once.

use super::sessions::{self, Origin};
use super::tokens::NewToken;
use super::{Person, Right, Role, audit, secret, tokens, users as accounts};
use crate::server::config::Config;
use crate::server::context::Context;
use crate::server::db::users::{self, User};
use crate::server::db::{Conn, Db, api_tokens};
use crate::server::error::Error;

/// What the token of the configuration is called.
const CONFIGURED: &str = "MUSIC_ANALYTICS_API_TOKEN";

/// Makes what the configuration asks for and is not there: the first admin, and a token. Where all is there it writes
/// nothing, so that a server also starts beside an import.
///
/// # Errors
/// The database failed; a password that is too weak.
pub async fn from_config(context: &Context) -> Result<(), Error> {
    let (db, config) = (&context.db, &context.config);
    if let Some((email, password)) = &config.admin
        && !exists(db).await?
    {
        let operator = Person::at_the_command_line();
        match accounts::add(db, &context.hasher, &operator, email, Role::Admin, password.reveal()).await {
            Ok(_) => tracing::info!(email, "the first admin was made"),
            // Another instance was faster.
            Err(_) if exists(db).await? => {}
            Err(error) => return Err(error),
        }
    }
    let Some(token) = &config.api_token else { return Ok(()) };
    let mut tx = db.read().await?;
    let is_there = api_tokens::by_hash(&mut tx, &secret::hash(token.reveal())).await?.is_some();
    let admin = users::first_admin(&mut tx).await?;
    drop(tx);
    match admin {
        _ if is_there => {}
        None => tracing::warn!("the API token of the configuration waits for the first admin"),
        Some(admin) => {
            let mut tx = db.write().await?;
            configured_token(&mut tx, config, &admin).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Makes the token of the configuration, once: one that was revoked stays so.
async fn configured_token(conn: &mut Conn, config: &Config, admin: &User) -> Result<(), Error> {
    let Some(token) = &config.api_token else { return Ok(()) };
    if api_tokens::by_hash(conn, &secret::hash(token.reveal())).await?.is_some() {
        return Ok(());
    }
    let new = NewToken { name: CONFIGURED.to_owned(), scope: Right::Admin, days: None };
    tokens::insert(conn, &Person::at_the_command_line(), admin, new, token.reveal()).await
}

/// Whether anybody has an account.
///
/// # Errors
/// The database failed.
pub async fn exists(db: &Db) -> Result<bool, Error> {
    Ok(users::count(&mut *db.read().await?).await? > 0)
}

/// The one who opened the link becomes the first admin and is signed in; answers with the session's token.
///
/// # Errors
/// Somebody was faster; an address that is none; a password that is too weak.
pub async fn set_up(
    context: &Context,
    email: &str,
    password: &str,
    origin: &Origin,
) -> Result<String, Error> {
    let email = accounts::checked(email)?;
    let hash = accounts::hash(&context.hasher, &email, password).await?;
    let mut tx = context.db.write().await?;
    if users::count(&mut tx).await? > 0 {
        return Err(Error::invalid(
            "email",
            "there is an account already: sign in, or ask its owner for one",
        ));
    }
    let operator = Person { address: origin.address.clone(), ..Person::at_the_command_line() };
    let admin = accounts::insert(&mut tx, &operator, email, Role::Admin, hash, None).await?;
    configured_token(&mut tx, &context.config, &admin).await?;
    let (token, person) = sessions::begin(&mut tx, &admin, origin).await?;
    audit::write(&mut tx, &person, audit::Action::SignedIn, "at the first start").await?;
    tx.commit().await?;
    Ok(token)
}
