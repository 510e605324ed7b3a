//! API tokens.

use sqlx::FromRow;

use super::users::{self, User, UserRow};
use crate::domain::accounts::Right;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::word;

/// A token without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Public id, not the secret.
    pub id: String,
    pub user_id: String,
    /// Chosen by the owner.
    pub name: String,
    /// Maximum rights, further limited by those of the owner.
    pub scope: Right,
    /// Milliseconds since 1970-01-01.
    pub created_at: i64,
    /// In milliseconds since 1970-01-01; `None` for no expiry.
    pub expires_at: Option<i64>,
    /// Last use in milliseconds since 1970-01-01, to the minute.
    pub used_at: Option<i64>,
    /// In milliseconds since 1970-01-01, if revoked.
    pub revoked_at: Option<i64>,
}

impl ApiToken {
    pub fn is_alive(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

#[derive(FromRow)]
struct TokenRow {
    token_id: String,
    owner_id: String,
    name: String,
    scope: String,
    #[sqlx(rename = "token_created_at")]
    created_at: i64,
    expires_at: Option<i64>,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

/// The columns of a [`TokenRow`], of `api_tokens t`.
const COLUMNS: &str = "t.id as token_id, t.user_id as owner_id, t.name, t.scope, t.created_at as token_created_at, \
     t.expires_at, t.used_at, t.revoked_at";

#[derive(FromRow)]
struct TokenWithOwnerRow {
    #[sqlx(flatten)]
    token: TokenRow,
    #[sqlx(flatten)]
    owner: UserRow,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = Error;

    fn try_from(row: TokenRow) -> Result<Self, Error> {
        Ok(ApiToken {
            id: row.token_id,
            user_id: row.owner_id,
            name: row.name,
            scope: word(&row.scope)?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
        })
    }
}

async fn one(conn: &mut Conn, column: &str, value: &str) -> Result<Option<ApiToken>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from api_tokens t where {column} = $1"));
    let row: Option<TokenRow> = sqlx::query_as(sql).bind(value).fetch_optional(conn).await?;
    row.map(ApiToken::try_from).transpose()
}

/// The token with this hash, also if expired or revoked.
pub async fn by_hash(conn: &mut Conn, token_hash: &str) -> Result<Option<ApiToken>, Error> {
    one(conn, "token_hash", token_hash).await
}

/// The token with this hash and its owner.
pub async fn with_owner(conn: &mut Conn, token_hash: &str) -> Result<Option<(ApiToken, User)>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS}, {} from api_tokens t join users u on u.id = t.user_id where t.token_hash = $1",
        users::COLUMNS
    ));
    let row: Option<TokenWithOwnerRow> = sqlx::query_as(sql).bind(token_hash).fetch_optional(conn).await?;
    row.map(|row| Ok((row.token.try_into()?, row.owner.try_into()?))).transpose()
}

pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<ApiToken>, Error> {
    one(conn, "id", id).await
}

pub async fn owner(conn: &mut Conn, token: &ApiToken) -> Result<User, Error> {
    users::by_id(conn, &token.user_id).await?.ok_or_else(|| Error::damaged("a token without its user"))
}

/// Tokens not revoked, newest first, of one user or all.
pub async fn list(conn: &mut Conn, user_id: Option<&str>) -> Result<Vec<ApiToken>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from api_tokens t where revoked_at is null and ($1 = '' or user_id = $1)
         order by created_at desc, id"
    ));
    let rows: Vec<TokenRow> = sqlx::query_as(sql).bind(user_id.unwrap_or_default()).fetch_all(conn).await?;
    rows.into_iter().map(ApiToken::try_from).collect()
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

pub async fn record_use(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("update api_tokens set used_at = $2 where id = $1").bind(id).bind(now).execute(conn).await?;
    Ok(())
}

/// Revokes all tokens of an account; this cannot be undone.
pub async fn revoke_all(conn: &mut Conn, user_id: &str, now: i64) -> Result<(), Error> {
    let sql = "update api_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null";
    sqlx::query(sql).bind(user_id).bind(now).execute(conn).await?;
    Ok(())
}

/// Revokes a token; this cannot be undone.
pub async fn revoke(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    let sql = "update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null";
    sqlx::query(sql).bind(id).bind(now).execute(conn).await?;
    Ok(())
}
