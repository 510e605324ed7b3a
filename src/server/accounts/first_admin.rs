//! The first admin: from the configuration, or through a one-time link printed at startup.

use super::tokens::{self, NewToken};
use super::{Person, audit, sessions, users as accounts};
use crate::domain::accounts::{Right, Role};
use crate::server::accounts::{Accounts, Origin};
use crate::server::base::secret;
use crate::server::config::Config;
use crate::server::error::Error;
use crate::server::store::tables::api_tokens;
use crate::server::store::tables::users::{self, User};
use crate::server::store::{Conn, Db};

/// Name of the configured API token.
const CONFIGURED: &str = "MUSIC_ANALYTICS_API_TOKEN";

/// Creates the configured first admin and token if missing. Writes nothing if they exist, so that the server
/// can start during an import.
///
/// # Errors
/// The database failed; the password is too weak.
pub async fn from_config(context: Accounts<'_>) -> Result<(), Error> {
    let (db, config) = (context.db, context.config);
    if let Some((email, password)) = &config.admin
        && !exists(db).await?
    {
        let operator = Person::operator();
        match accounts::add(db, context.hasher, &operator, email, Role::Admin, password.reveal()).await {
            Ok(_) => tracing::info!(email, "created the first admin"),
            // Another instance created it first.
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
        None => tracing::warn!("the configured API token will be created with the first admin"),
        Some(admin) => {
            let mut tx = db.write().await?;
            configured_token(&mut tx, config, &admin).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Creates the configured token once; a revoked one is not recreated.
async fn configured_token(conn: &mut Conn, config: &Config, admin: &User) -> Result<(), Error> {
    let Some(token) = &config.api_token else { return Ok(()) };
    if api_tokens::by_hash(conn, &secret::hash(token.reveal())).await?.is_some() {
        return Ok(());
    }
    let new = NewToken { name: CONFIGURED.to_owned(), scope: Right::Admin, days: None };
    tokens::insert(conn, &Person::operator(), admin, new, token.reveal()).await
}

/// Whether any account exists.
pub async fn exists(db: &Db) -> Result<bool, Error> {
    Ok(users::count(&mut *db.read().await?).await? > 0)
}

/// Creates the first admin from the setup link and signs in; returns the session token.
///
/// # Errors
/// Setup was already done; invalid address; weak password.
pub async fn set_up(
    context: Accounts<'_>,
    email: &str,
    password: &str,
    origin: &Origin,
) -> Result<String, Error> {
    let email = accounts::validate_email(email)?;
    let hash = accounts::hash(context.hasher, &email, password).await?;
    let mut tx = context.db.write().await?;
    if users::count(&mut tx).await? > 0 {
        return Err(Error::invalid(
            "email",
            "there is an account already: sign in, or ask its owner for one",
        ));
    }
    let operator = Person { address: origin.address.clone(), ..Person::operator() };
    let admin = accounts::insert(&mut tx, &operator, email, Role::Admin, hash, None).await?;
    configured_token(&mut tx, context.config, &admin).await?;
    let (token, person) = sessions::begin(&mut tx, &admin, origin).await?;
    audit::write(&mut tx, &person, crate::domain::accounts::Action::SignedIn, "at the first start").await?;
    tx.commit().await?;
    Ok(token)
}
