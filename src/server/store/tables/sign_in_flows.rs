//! Single sign-on flows in progress.

use crate::server::error::Error;
use crate::server::store::Conn;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInFlow {
    /// Path to redirect to afterwards.
    pub next: String,
    /// Client network of the request that began it.
    pub network: String,
    /// In milliseconds since 1970-01-01.
    pub created_at: i64,
}

/// Stores a flow under the hash of the browser's token.
pub async fn add(conn: &mut Conn, token_hash: &str, flow: &SignInFlow) -> Result<(), Error> {
    sqlx::query("insert into sign_in_flows (token_hash, next, network, created_at) values ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(&flow.next)
        .bind(&flow.network)
        .bind(flow.created_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Number of open flows from a network since a time.
pub async fn open(conn: &mut Conn, network: &str, since: i64) -> Result<i64, Error> {
    let sql = "select count(*) from sign_in_flows where network = $1 and created_at >= $2";
    Ok(sqlx::query_scalar(sql).bind(network).bind(since).fetch_one(conn).await?)
}

/// Removes and returns a flow that began at `since` or later: each can be used once.
pub async fn take(conn: &mut Conn, token_hash: &str, since: i64) -> Result<Option<SignInFlow>, Error> {
    let sql =
        "select next, network, created_at from sign_in_flows where token_hash = $1 and created_at >= $2";
    let found: Option<(String, String, i64)> =
        sqlx::query_as(sql).bind(token_hash).bind(since).fetch_optional(&mut *conn).await?;
    sqlx::query("delete from sign_in_flows where token_hash = $1").bind(token_hash).execute(conn).await?;
    Ok(found.map(|(next, network, created_at)| SignInFlow { next, network, created_at }))
}

/// Deletes flows that began before a time.
pub async fn forget_old(conn: &mut Conn, since: i64) -> Result<(), Error> {
    sqlx::query("delete from sign_in_flows where created_at < $1").bind(since).execute(conn).await?;
    Ok(())
}
