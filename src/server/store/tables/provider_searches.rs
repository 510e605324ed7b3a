//! The provider's search results, cached for a day to save calls.

use crate::server::error::Error;
use crate::server::store::Conn;

/// A result stored at `since` or later (seconds since 1970-01-01).
pub async fn get(conn: &mut Conn, text: &str, since: i64) -> Result<Option<String>, Error> {
    let sql = "select answer from provider_searches where text = $1 and asked_at >= $2";
    Ok(sqlx::query_scalar(sql).bind(text).bind(since).fetch_optional(conn).await?)
}

/// Stores a result and deletes those from before `since`.
pub async fn put(conn: &mut Conn, text: &str, answer: &str, now: i64, since: i64) -> Result<(), Error> {
    sqlx::query("delete from provider_searches where asked_at < $1").bind(since).execute(&mut *conn).await?;
    sqlx::query(
        "insert into provider_searches (text, answer, asked_at) values ($1, $2, $3)
         on conflict (text) do update set answer = excluded.answer, asked_at = excluded.asked_at",
    )
    .bind(text)
    .bind(answer)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
