//! Second factors and recovery codes.

use std::collections::BTreeSet;

use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::bulk::{self, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The TOTP secret in base32.
    pub secret: String,
    /// When it was turned on, in milliseconds since 1970-01-01.
    pub created_at: i64,
    /// Time step of the last used code, which prevents replay.
    pub last_step: i64,
}

pub async fn find(conn: &mut Conn, user_id: &str) -> Result<Option<SecondFactor>, Error> {
    let sql = "select secret, created_at, last_step from second_factors where user_id = $1";
    let row: Option<(String, i64, i64)> = sqlx::query_as(sql).bind(user_id).fetch_optional(conn).await?;
    Ok(row.map(|(secret, created_at, last_step)| SecondFactor { secret, created_at, last_step }))
}

/// Accounts with a second factor.
pub async fn users(conn: &mut Conn) -> Result<BTreeSet<String>, Error> {
    let ids: Vec<String> = sqlx::query_scalar("select user_id from second_factors").fetch_all(conn).await?;
    Ok(ids.into_iter().collect())
}

/// Sets or replaces the second factor of an account.
pub async fn put(conn: &mut Conn, user_id: &str, factor: &SecondFactor) -> Result<(), Error> {
    sqlx::query(
        "insert into second_factors (user_id, secret, created_at, last_step) values ($1, $2, $3, $4)
         on conflict (user_id) do update
         set secret = excluded.secret, created_at = excluded.created_at, last_step = excluded.last_step",
    )
    .bind(user_id)
    .bind(&factor.secret)
    .bind(factor.created_at)
    .bind(factor.last_step)
    .execute(conn)
    .await?;
    Ok(())
}

/// Records the time step of a used code.
pub async fn used(conn: &mut Conn, user_id: &str, step: i64) -> Result<(), Error> {
    let sql = "update second_factors set last_step = $2 where user_id = $1";
    sqlx::query(sql).bind(user_id).bind(step).execute(conn).await?;
    Ok(())
}

/// Removes an account's second factor and recovery codes; returns whether it had one.
pub async fn remove(conn: &mut Conn, user_id: &str) -> Result<bool, Error> {
    put_recovery(conn, user_id, &[]).await?;
    let sql = "delete from second_factors where user_id = $1";
    Ok(sqlx::query(sql).bind(user_id).execute(conn).await?.rows_affected() > 0)
}

/// Replaces the recovery codes of an account by these hashes.
pub async fn put_recovery(conn: &mut Conn, user_id: &str, hashes: &[String]) -> Result<(), Error> {
    sqlx::query("delete from recovery_codes where user_id = $1").bind(user_id).execute(&mut *conn).await?;
    let rows: Vec<_> = hashes.iter().map(|hash| [Value::Text(user_id), Value::Text(hash)]).collect();
    bulk::insert(conn, "recovery_codes (user_id, code_hash)", "", &rows).await.map(drop)
}

/// Number of unused recovery codes.
pub async fn recovery_left(conn: &mut Conn, user_id: &str) -> Result<i64, Error> {
    let sql = "select count(*) from recovery_codes where user_id = $1";
    Ok(sqlx::query_scalar(sql).bind(user_id).fetch_one(conn).await?)
}

/// Whether an account has a recovery code with this hash.
pub async fn has_recovery(conn: &mut Conn, user_id: &str, hash: &str) -> Result<bool, Error> {
    let sql = "select count(*) from recovery_codes where user_id = $1 and code_hash = $2";
    let found: i64 = sqlx::query_scalar(sql).bind(user_id).bind(hash).fetch_one(conn).await?;
    Ok(found > 0)
}

/// Uses up a recovery code; returns whether it existed.
pub async fn use_recovery(conn: &mut Conn, user_id: &str, hash: &str) -> Result<bool, Error> {
    let sql = "delete from recovery_codes where user_id = $1 and code_hash = $2";
    Ok(sqlx::query(sql).bind(user_id).bind(hash).execute(conn).await?.rows_affected() > 0)
}
