//! Browser sessions.

use sqlx::FromRow;

use super::users::{self, User, UserRow};
use crate::server::error::Error;
use crate::server::store::Conn;

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Session {
    /// Public id, not the secret.
    #[sqlx(rename = "session_id")]
    pub id: String,
    /// In milliseconds since 1970-01-01.
    pub created_at: i64,
    /// Last use, to the minute.
    pub used_at: i64,
    /// From the browser's user agent.
    pub device: String,
    /// Last IP address.
    pub address: String,
    /// Last authentication by the user, in milliseconds since 1970-01-01.
    pub confirmed_at: i64,
}

/// A session with its user and their second-factor state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionWithUser {
    pub session: Session,
    pub user: User,
    pub has_second_factor: bool,
    /// Whether a second factor is mandatory for all users.
    pub everybody_needs_one: bool,
}

/// Limits for sessions that are neither idle too long nor too old.
#[derive(Debug, Clone, Copy)]
pub struct LivenessCutoff {
    /// Created at this time or later.
    pub created_since: i64,
    /// Used at this time or later.
    pub used_since: i64,
}

/// The columns of a [`Session`], of `sessions s`.
const COLUMNS: &str = "s.id as session_id, s.created_at, s.used_at, s.device, s.address, s.confirmed_at";

#[derive(FromRow)]
struct SessionWithUserRow {
    #[sqlx(flatten)]
    session: Session,
    #[sqlx(flatten)]
    user: UserRow,
    second_factors: i64,
    rules: i64,
}

/// The live session with this token hash.
pub async fn by_hash(
    conn: &mut Conn,
    token_hash: &str,
    alive: LivenessCutoff,
) -> Result<Option<SessionWithUser>, Error> {
    find_by(conn, "s.token_hash", token_hash, alive).await
}

/// The live session with this id.
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
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS}, {},
                (select count(*) from second_factors f where f.user_id = u.id) as second_factors,
                (select count(*) from meta where key = 'second_factor' and value = 'everybody') as rules
         from sessions s join users u on u.id = s.user_id
         where {column} = $1 and s.created_at >= $2 and s.used_at >= $3",
        users::COLUMNS
    ));
    let row: Option<SessionWithUserRow> = sqlx::query_as(sql)
        .bind(value)
        .bind(alive.created_since)
        .bind(alive.used_since)
        .fetch_optional(conn)
        .await?;
    let found = |row: SessionWithUserRow| {
        Ok(SessionWithUser {
            user: row.user.try_into()?,
            session: row.session,
            has_second_factor: row.second_factors > 0,
            everybody_needs_one: row.rules > 0,
        })
    };
    row.map(found).transpose()
}

/// A user's live sessions, last used first.
pub async fn for_user(conn: &mut Conn, user_id: &str, alive: LivenessCutoff) -> Result<Vec<Session>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from sessions s
         where user_id = $1 and created_at >= $2 and used_at >= $3 order by used_at desc, id"
    ));
    let query = sqlx::query_as(sql).bind(user_id).bind(alive.created_since).bind(alive.used_since);
    Ok(query.fetch_all(conn).await?)
}

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

/// Records a use and its address. If the clock was set back and the session appears to begin in the future, it
/// begins now, so that it lasts no longer than others.
pub async fn used(conn: &mut Conn, id: &str, now: i64, address: &str) -> Result<(), Error> {
    let sql = "update sessions set used_at = $2, address = $3,
               created_at = case when created_at > $2 then $2 else created_at end where id = $1";
    sqlx::query(sql).bind(id).bind(now).bind(address).execute(conn).await?;
    Ok(())
}

/// Records that the user has authenticated again.
pub async fn confirm(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("update sessions set confirmed_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The secret of a second factor being set up in this session.
pub async fn offered_secret(conn: &mut Conn, id: &str) -> Result<Option<String>, Error> {
    let sql = "select offered_secret from sessions where id = $1";
    let row: Option<Option<String>> = sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await?;
    Ok(row.flatten())
}

/// Stores or clears that secret.
pub async fn offer_secret(conn: &mut Conn, id: &str, secret: Option<&str>) -> Result<(), Error> {
    let sql = "update sessions set offered_secret = $2 where id = $1";
    sqlx::query(sql).bind(id).bind(secret).execute(conn).await?;
    Ok(())
}

/// Ends a session of a user; returns whether it existed.
pub async fn end(conn: &mut Conn, user_id: &str, id: &str) -> Result<bool, Error> {
    let sql = "delete from sessions where user_id = $1 and id = $2";
    Ok(sqlx::query(sql).bind(user_id).bind(id).execute(conn).await?.rows_affected() > 0)
}

/// Ends a user's sessions that began no later than `until`, or later than now: before the clock was set back.
pub async fn end_until(conn: &mut Conn, user_id: &str, until: i64, now: i64) -> Result<(), Error> {
    let sql = "delete from sessions where user_id = $1 and (created_at <= $2 or created_at > $3)";
    sqlx::query(sql).bind(user_id).bind(until).bind(now).execute(conn).await?;
    Ok(())
}

/// Ends a user's sessions, optionally except one.
pub async fn end_others(conn: &mut Conn, user_id: &str, but: Option<&str>) -> Result<(), Error> {
    let sql = "delete from sessions where user_id = $1 and id <> $2";
    sqlx::query(sql).bind(user_id).bind(but.unwrap_or_default()).execute(conn).await?;
    Ok(())
}

/// Deletes sessions that are no longer live.
pub async fn forget_old(conn: &mut Conn, alive: LivenessCutoff) -> Result<(), Error> {
    let sql = "delete from sessions where created_at < $1 or used_at < $2";
    sqlx::query(sql).bind(alive.created_since).bind(alive.used_since).execute(conn).await?;
    Ok(())
}
