//! Sign-in attempts, counted over all instances.

use crate::server::error::Error;
use crate::server::store::Conn;

/// Attempts counted for a subject: an account or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttemptCount {
    pub count: i64,
    /// Start of counting, in milliseconds since 1970-01-01.
    pub since: i64,
    /// No attempt is accepted before this time.
    pub blocked_until: i64,
}

/// The count of a subject; zero if there is none.
pub async fn load(conn: &mut Conn, subject: &str) -> Result<AttemptCount, Error> {
    let sql = "select tries, since, blocked_until from sign_in_tries where subject = $1";
    let row: Option<(i64, i64, i64)> = sqlx::query_as(sql).bind(subject).fetch_optional(conn).await?;
    let (count, since, blocked_until) = row.unwrap_or_default();
    Ok(AttemptCount { count, since, blocked_until })
}

pub async fn put(conn: &mut Conn, subject: &str, tries: AttemptCount) -> Result<(), Error> {
    sqlx::query(
        "insert into sign_in_tries (subject, tries, since, blocked_until) values ($1, $2, $3, $4)
         on conflict (subject) do update
         set tries = excluded.tries, since = excluded.since, blocked_until = excluded.blocked_until",
    )
    .bind(subject)
    .bind(tries.count)
    .bind(tries.since)
    .bind(tries.blocked_until)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn forget(conn: &mut Conn, subject: &str) -> Result<(), Error> {
    sqlx::query("delete from sign_in_tries where subject = $1").bind(subject).execute(conn).await?;
    Ok(())
}

/// Deletes counts idle since `since`, or since `of_codes` for second-factor codes.
pub async fn forget_old(conn: &mut Conn, since: i64, of_codes: i64) -> Result<(), Error> {
    let sql = "delete from sign_in_tries
               where since < $1 and blocked_until < $1 and (subject not like 'codes %' or since < $2)";
    sqlx::query(sql).bind(since).bind(of_codes).execute(conn).await?;
    Ok(())
}
