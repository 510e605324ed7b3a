//! Accounts linked to users of the single sign-on provider.

use std::collections::HashSet;

use crate::server::error::Error;
use crate::server::store::Conn;

/// A user of a single sign-on provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    pub issuer: &'a str,
    /// The user's id at the provider.
    pub subject: &'a str,
}

/// The linked account.
pub async fn user_id(conn: &mut Conn, identity: Identity<'_>) -> Result<Option<String>, Error> {
    let sql = "select user_id from identities where issuer = $1 and subject = $2";
    Ok(sqlx::query_scalar(sql).bind(identity.issuer).bind(identity.subject).fetch_optional(conn).await?)
}

/// Whether an account is linked to a user of this provider.
pub async fn is_linked(conn: &mut Conn, user_id: &str, issuer: &str) -> Result<bool, Error> {
    let sql = "select count(*) from identities where user_id = $1 and issuer = $2";
    let count: i64 = sqlx::query_scalar(sql).bind(user_id).bind(issuer).fetch_one(conn).await?;
    Ok(count > 0)
}

/// Ids of linked accounts.
pub async fn linked(conn: &mut Conn) -> Result<HashSet<String>, Error> {
    let ids: Vec<String> = sqlx::query_scalar("select user_id from identities").fetch_all(conn).await?;
    Ok(ids.into_iter().collect())
}

pub async fn add(conn: &mut Conn, identity: Identity<'_>, user_id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("insert into identities (issuer, subject, user_id, created_at) values ($1, $2, $3, $4)")
        .bind(identity.issuer)
        .bind(identity.subject)
        .bind(user_id)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Unlinks an account; returns whether it was linked.
pub async fn remove(conn: &mut Conn, user_id: &str) -> Result<bool, Error> {
    let sql = "delete from identities where user_id = $1";
    Ok(sqlx::query(sql).bind(user_id).execute(conn).await?.rows_affected() > 0)
}
