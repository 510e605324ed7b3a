//! Sessions of browsers.

use super::users::User;
use super::{Conn, word};
use crate::server::error::Error;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: String,
    /// When it began, in milliseconds since 1970-01-01.
    pub created_at: i64,
    /// When it was last used, a minute more or less.
    pub used_at: i64,
    /// What the browser says it is.
    pub device: String,
    /// Where it last came from.
    pub address: String,
}

/// A session that is neither idle for too long nor too old, at a time.
#[derive(Debug, Clone, Copy)]
pub struct Alive {
    /// It began at this time or later.
    pub created_since: i64,
    /// It was used at this time or later.
    pub used_since: i64,
}

/// Id, created, used, device, address.
type Row = (String, i64, i64, String, String);

fn session((id, created_at, used_at, device, address): Row) -> Session {
    Session { id, created_at, used_at, device, address }
}

/// The session of a token's hash that is alive, and whose it is.
pub async fn by_hash(
    conn: &mut Conn,
    token_hash: &str,
    alive: Alive,
) -> Result<Option<(Session, User)>, Error> {
    by(conn, "s.token_hash", token_hash, alive).await
}

/// The same by its id.
pub async fn by_id(conn: &mut Conn, id: &str, alive: Alive) -> Result<Option<(Session, User)>, Error> {
    by(conn, "s.id", id, alive).await
}

async fn by(
    conn: &mut Conn,
    column: &str,
    value: &str,
    alive: Alive,
) -> Result<Option<(Session, User)>, Error> {
    type Both = (String, i64, i64, String, String, String, String, String, Option<String>, i64, i64);
    let sql = sqlx::AssertSqlSafe(format!(
        "select s.id, s.created_at, s.used_at, s.device, s.address,
                u.id, u.email, u.role, u.password_hash, u.disabled, u.created_at
         from sessions s join users u on u.id = s.user_id
         where {column} = $1 and s.created_at >= $2 and s.used_at >= $3"
    ));
    let found: Option<Both> = sqlx::query_as(sql)
        .bind(value)
        .bind(alive.created_since)
        .bind(alive.used_since)
        .fetch_optional(conn)
        .await?;
    let Some((
        id,
        begun,
        used_at,
        device,
        address,
        user_id,
        email,
        role,
        password_hash,
        disabled,
        created_at,
    )) = found
    else {
        return Ok(None);
    };
    let user = User {
        id: user_id,
        email,
        role: word(&role)?,
        password_hash,
        is_disabled: disabled != 0,
        created_at,
        signed_in_at: Some(begun),
    };
    Ok(Some((session((id, begun, used_at, device, address)), user)))
}

/// The sessions of a user that are alive, last used first.
pub async fn of_user(conn: &mut Conn, user_id: &str, alive: Alive) -> Result<Vec<Session>, Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, created_at, used_at, device, address from sessions
         where user_id = $1 and created_at >= $2 and used_at >= $3 order by used_at desc, id",
    )
    .bind(user_id)
    .bind(alive.created_since)
    .bind(alive.used_since)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(session).collect())
}

/// Begins a session.
pub async fn add(conn: &mut Conn, session: &Session, user_id: &str, token_hash: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into sessions (id, token_hash, user_id, created_at, used_at, device, address)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&session.id)
    .bind(token_hash)
    .bind(user_id)
    .bind(session.created_at)
    .bind(session.used_at)
    .bind(&session.device)
    .bind(&session.address)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that it was used, and from where.
pub async fn used(conn: &mut Conn, id: &str, now: i64, address: &str) -> Result<(), Error> {
    let sql = "update sessions set used_at = $2, address = $3 where id = $1";
    sqlx::query(sql).bind(id).bind(now).bind(address).execute(conn).await?;
    Ok(())
}

/// Ends a session of a user; answers whether there was one.
pub async fn end(conn: &mut Conn, user_id: &str, id: &str) -> Result<bool, Error> {
    let sql = "delete from sessions where user_id = $1 and id = $2";
    Ok(sqlx::query(sql).bind(user_id).bind(id).execute(conn).await?.rows_affected() > 0)
}

/// Ends a user's sessions but for one, if one is named.
pub async fn end_others(conn: &mut Conn, user_id: &str, but: Option<&str>) -> Result<(), Error> {
    let sql = "delete from sessions where user_id = $1 and id <> $2";
    sqlx::query(sql).bind(user_id).bind(but.unwrap_or_default()).execute(conn).await?;
    Ok(())
}

/// Forgets those that are not alive.
pub async fn forget_old(conn: &mut Conn, alive: Alive) -> Result<(), Error> {
    let sql = "delete from sessions where created_at < $1 or used_at < $2";
    sqlx::query(sql).bind(alive.created_since).bind(alive.used_since).execute(conn).await?;
    Ok(())
}
