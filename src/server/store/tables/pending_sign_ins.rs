//! Sign-ins that wait for a second-factor code.

use super::users::{self, User};
use crate::server::error::Error;
use crate::server::store::Conn;

pub async fn add(conn: &mut Conn, token_hash: &str, user_id: &str, now: i64) -> Result<(), Error> {
    let sql = "insert into half_sign_ins (token_hash, user_id, began_at) values ($1, $2, $3)";
    sqlx::query(sql).bind(token_hash).bind(user_id).bind(now).execute(conn).await?;
    Ok(())
}

/// The user of a pending sign-in, if it began at `since` or later.
pub async fn user(conn: &mut Conn, token_hash: &str, since: i64) -> Result<Option<User>, Error> {
    let sql = "select user_id from half_sign_ins where token_hash = $1 and began_at >= $2";
    let id: Option<String> =
        sqlx::query_scalar(sql).bind(token_hash).bind(since).fetch_optional(&mut *conn).await?;
    match id {
        Some(id) => users::by_id(conn, &id).await,
        None => Ok(None),
    }
}

pub async fn end(conn: &mut Conn, token_hash: &str) -> Result<(), Error> {
    sqlx::query("delete from half_sign_ins where token_hash = $1").bind(token_hash).execute(conn).await?;
    Ok(())
}

/// Deletes those of an account.
pub async fn end_of(conn: &mut Conn, user_id: &str) -> Result<(), Error> {
    sqlx::query("delete from half_sign_ins where user_id = $1").bind(user_id).execute(conn).await?;
    Ok(())
}

/// Deletes those that began before a time.
pub async fn forget_old(conn: &mut Conn, since: i64) -> Result<(), Error> {
    sqlx::query("delete from half_sign_ins where began_at < $1").bind(since).execute(conn).await?;
    Ok(())
}
