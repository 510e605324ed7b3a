//! Browser sessions.

use super::users::{self, User};
use crate::server::error::Error;
use crate::server::store::Conn;

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
    /// When its user last proved who they are, in milliseconds since 1970-01-01.
    pub confirmed_at: i64,
}

/// A session, whose it is, and what is asked of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionWithUser {
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// Whether they have a second factor.
    pub has_second_factor: bool,
    /// Whether a second factor is mandatory.
    pub everybody_needs_one: bool,
}

/// A session that is neither idle for too long nor too old, at a time.
#[derive(Debug, Clone, Copy)]
pub struct LivenessCutoff {
    /// It began at this time or later.
    pub created_since: i64,
    /// It was used at this time or later.
    pub used_since: i64,
}

/// Id, created, used, device, address, confirmed.
type SessionRow = (String, i64, i64, String, String, i64);

fn session((id, created_at, used_at, device, address, confirmed_at): SessionRow) -> Session {
    Session { id, created_at, used_at, device, address, confirmed_at }
}

/// The session of a token's hash that is alive, and whose it is.
pub async fn by_hash(
    conn: &mut Conn,
    token_hash: &str,
    alive: LivenessCutoff,
) -> Result<Option<SessionWithUser>, Error> {
    find_by(conn, "s.token_hash", token_hash, alive).await
}

/// The same by its id.
pub async fn by_id(
    conn: &mut Conn,
    id: &str,
    alive: LivenessCutoff,
) -> Result<Option<SessionWithUser>, Error> {
    find_by(conn, "s.id", id, alive).await
}

async fn find_by(
    conn: &mut Conn,
    column: &str,
    value: &str,
    alive: LivenessCutoff,
) -> Result<Option<SessionWithUser>, Error> {
    type SessionAndUserRow = (
        String,
        i64,
        i64,
        String,
        String,
        i64,
        String,
        String,
        String,
        Option<String>,
        i64,
        i64,
        Option<i64>,
        i64,
        i64,
    );
    let sql = sqlx::AssertSqlSafe(format!(
        "select s.id, s.created_at, s.used_at, s.device, s.address, s.confirmed_at,
                u.id, u.email, u.role, u.password_hash, u.disabled, u.created_at, u.password_ends_at,
                (select count(*) from second_factors f where f.user_id = u.id),
                (select count(*) from meta where key = 'second_factor' and value = 'everybody')
         from sessions s join users u on u.id = s.user_id
         where {column} = $1 and s.created_at >= $2 and s.used_at >= $3"
    ));
    let found: Option<SessionAndUserRow> = sqlx::query_as(sql)
        .bind(value)
        .bind(alive.created_since)
        .bind(alive.used_since)
        .fetch_optional(conn)
        .await?;
    let held = |(id, begun, used, device, address, confirmed, a, b, c, d, e, f, ends, has, needs): SessionAndUserRow| {
        Ok(SessionWithUser {
            user: users::user((a, b, c, d, e, f, Some(begun), ends))?,
            session: session((id, begun, used, device, address, confirmed)),
            has_second_factor: has > 0,
            everybody_needs_one: needs > 0,
        })
    };
    found.map(held).transpose()
}

/// The sessions of a user that are alive, last used first.
pub async fn for_user(conn: &mut Conn, user_id: &str, alive: LivenessCutoff) -> Result<Vec<Session>, Error> {
    let rows: Vec<SessionRow> = sqlx::query_as(
        "select id, created_at, used_at, device, address, confirmed_at from sessions
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
        "insert into sessions (id, token_hash, user_id, created_at, used_at, device, address, confirmed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&session.id)
    .bind(token_hash)
    .bind(user_id)
    .bind(session.created_at)
    .bind(session.used_at)
    .bind(&session.device)
    .bind(&session.address)
    .bind(session.confirmed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that it was used, and from where. One that began later than now, before the clock was set back, began now: it lasts
/// as long as any other.
pub async fn used(conn: &mut Conn, id: &str, now: i64, address: &str) -> Result<(), Error> {
    let sql = "update sessions set used_at = $2, address = $3,
               created_at = case when created_at > $2 then $2 else created_at end where id = $1";
    sqlx::query(sql).bind(id).bind(now).bind(address).execute(conn).await?;
    Ok(())
}

/// Notes that its user has proved who they are.
pub async fn confirm(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("update sessions set confirmed_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The secret of a second factor that it is setting up.
pub async fn offered_secret(conn: &mut Conn, id: &str) -> Result<Option<String>, Error> {
    let sql = "select offered_secret from sessions where id = $1";
    let row: Option<Option<String>> = sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await?;
    Ok(row.flatten())
}

/// Notes or forgets that secret.
pub async fn offer_secret(conn: &mut Conn, id: &str, secret: Option<&str>) -> Result<(), Error> {
    let sql = "update sessions set offered_secret = $2 where id = $1";
    sqlx::query(sql).bind(id).bind(secret).execute(conn).await?;
    Ok(())
}

/// Ends a session of a user; answers whether there was one.
pub async fn end(conn: &mut Conn, user_id: &str, id: &str) -> Result<bool, Error> {
    let sql = "delete from sessions where user_id = $1 and id = $2";
    Ok(sqlx::query(sql).bind(user_id).bind(id).execute(conn).await?.rows_affected() > 0)
}

/// Ends a user's sessions that began until a time.
pub async fn end_until(conn: &mut Conn, user_id: &str, until: i64) -> Result<(), Error> {
    let sql = "delete from sessions where user_id = $1 and created_at <= $2";
    sqlx::query(sql).bind(user_id).bind(until).execute(conn).await?;
    Ok(())
}

/// Ends a user's sessions but for one, if one is named.
pub async fn end_others(conn: &mut Conn, user_id: &str, but: Option<&str>) -> Result<(), Error> {
    let sql = "delete from sessions where user_id = $1 and id <> $2";
    sqlx::query(sql).bind(user_id).bind(but.unwrap_or_default()).execute(conn).await?;
    Ok(())
}

/// Forgets those that are not alive.
pub async fn forget_old(conn: &mut Conn, alive: LivenessCutoff) -> Result<(), Error> {
    let sql = "delete from sessions where created_at < $1 or used_at < $2";
    sqlx::query(sql).bind(alive.created_since).bind(alive.used_since).execute(conn).await?;
    Ok(())
}
