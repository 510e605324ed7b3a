//! API tokens.

use super::users::{self, User};
use crate::domain::accounts::Right;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::word;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id, which is no secret.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What its owner calls it.
    pub name: String,
    /// The most that it may do, within what its owner may.
    pub scope: Right,
    /// Milliseconds since 1970-01-01.
    pub created_at: i64,
    /// The same; `None` for one that does not end by itself.
    pub expires_at: Option<i64>,
    /// The same, a minute more or less.
    pub used_at: Option<i64>,
    /// The same, of one that was ended.
    pub revoked_at: Option<i64>,
}

impl ApiToken {
    /// Whether it is valid at a time.
    pub fn is_alive(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// Id, user, name, scope, created, expires, used, revoked.
type TokenRow = (String, String, String, String, i64, Option<i64>, Option<i64>, Option<i64>);

/// A token without its user, then the user.
type TokenAndUserRow = (
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    String,
    String,
    String,
    Option<String>,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
);

const SELECT: &str =
    "select id, user_id, name, scope, created_at, expires_at, used_at, revoked_at from api_tokens";

fn token(row: TokenRow) -> Result<ApiToken, Error> {
    let (id, user_id, name, scope, created_at, expires_at, used_at, revoked_at) = row;
    let scope = word(&scope)?;
    Ok(ApiToken { id, user_id, name, scope, created_at, expires_at, used_at, revoked_at })
}

async fn one(conn: &mut Conn, column: &str, value: &str) -> Result<Option<ApiToken>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} where {column} = $1"));
    sqlx::query_as(sql).bind(value).fetch_optional(conn).await?.map(token).transpose()
}

/// The token of a secret's hash, dead ones too.
pub async fn by_hash(conn: &mut Conn, token_hash: &str) -> Result<Option<ApiToken>, Error> {
    one(conn, "token_hash", token_hash).await
}

/// The same with whose it is.
pub async fn with_owner(conn: &mut Conn, token_hash: &str) -> Result<Option<(ApiToken, User)>, Error> {
    let found: Option<TokenAndUserRow> = sqlx::query_as(
        "select t.id, t.name, t.scope, t.created_at, t.expires_at, t.used_at, t.revoked_at,
         u.id, u.email, u.role, u.password_hash, u.disabled, u.created_at, u.signed_in_at,
         u.password_ends_at
         from api_tokens t join users u on u.id = t.user_id where t.token_hash = $1",
    )
    .bind(token_hash)
    .fetch_optional(conn)
    .await?;
    let both =
        |(id, name, scope, created_at, expires_at, used_at, revoked_at, a, b, c, d, e, f, g, h): TokenAndUserRow| {
            let owner = users::user((a, b, c, d, e, f, g, h))?;
            let row = (id, owner.id.clone(), name, scope, created_at, expires_at, used_at, revoked_at);
            Ok((token(row)?, owner))
        };
    found.map(both).transpose()
}

pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<ApiToken>, Error> {
    one(conn, "id", id).await
}

/// Whose a token is.
pub async fn owner(conn: &mut Conn, token: &ApiToken) -> Result<User, Error> {
    users::by_id(conn, &token.user_id).await?.ok_or_else(|| Error::damaged("a token without its user"))
}

/// Tokens that were not revoked, newest first, of one user or of all.
pub async fn list(conn: &mut Conn, user_id: Option<&str>) -> Result<Vec<ApiToken>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{SELECT} where revoked_at is null and ($1 = '' or user_id = $1) order by created_at desc, id"
    ));
    let rows: Vec<TokenRow> = sqlx::query_as(sql).bind(user_id.unwrap_or_default()).fetch_all(conn).await?;
    rows.into_iter().map(token).collect()
}

pub async fn add(conn: &mut Conn, token: &ApiToken, token_hash: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into api_tokens (id, token_hash, user_id, name, scope, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&token.id)
    .bind(token_hash)
    .bind(&token.user_id)
    .bind(&token.name)
    .bind(token.scope.as_str())
    .bind(token.created_at)
    .bind(token.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that it was used.
pub async fn record_use(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("update api_tokens set used_at = $2 where id = $1").bind(id).bind(now).execute(conn).await?;
    Ok(())
}

/// Ends all of an account for good.
pub async fn revoke_all(conn: &mut Conn, user_id: &str, now: i64) -> Result<(), Error> {
    let sql = "update api_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null";
    sqlx::query(sql).bind(user_id).bind(now).execute(conn).await?;
    Ok(())
}

/// Ends it for good.
pub async fn revoke(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    let sql = "update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null";
    sqlx::query(sql).bind(id).bind(now).execute(conn).await?;
    Ok(())
}
