//! Accounts.

use sqlx::FromRow;

use crate::domain::accounts::Role;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::word;

/// Stored instead of a hash for accounts that use single sign-on only. No password has this hash.
pub const NO_PASSWORD: &str = "none";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: String,
    /// In lower case.
    pub email: String,
    pub role: Role,
    /// `None` for the demo visitor; [`NO_PASSWORD`] for single sign-on only.
    pub password_hash: Option<String>,
    pub is_disabled: bool,
    /// Milliseconds since 1970-01-01.
    pub created_at: i64,
    /// Last sign-in, in milliseconds since 1970-01-01.
    pub signed_in_at: Option<i64>,
    /// Expiry of a temporary password, in milliseconds since 1970-01-01; `None` for the user's own.
    pub password_ends_at: Option<i64>,
}

impl User {
    /// Whether the account can sign in with a password.
    pub fn has_password(&self) -> bool {
        self.password_hash.as_deref().is_some_and(|hash| hash != NO_PASSWORD)
    }

    /// Whether the password is temporary and has expired.
    pub fn password_has_ended(&self, now: i64) -> bool {
        self.password_ends_at.is_some_and(|end| end <= now)
    }
}

/// A user as stored. The columns have names of their own, so that a query can join others.
#[derive(FromRow)]
pub(super) struct UserRow {
    user_id: String,
    email: String,
    role: String,
    password_hash: Option<String>,
    disabled: i64,
    user_created_at: i64,
    signed_in_at: Option<i64>,
    password_ends_at: Option<i64>,
}

/// The columns of a [`UserRow`], of `users u`.
pub(super) const COLUMNS: &str = "u.id as user_id, u.email, u.role, u.password_hash, u.disabled, \
     u.created_at as user_created_at, u.signed_in_at, u.password_ends_at";

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(row: UserRow) -> Result<Self, Error> {
        Ok(User {
            id: row.user_id,
            email: row.email,
            role: word(&row.role)?,
            password_hash: row.password_hash,
            is_disabled: row.disabled != 0,
            created_at: row.user_created_at,
            signed_in_at: row.signed_in_at,
            password_ends_at: row.password_ends_at,
        })
    }
}

async fn one(conn: &mut Conn, rest: &str, bind: &str) -> Result<Option<User>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from users u {rest}"));
    let row: Option<UserRow> = sqlx::query_as(sql).bind(bind).fetch_optional(conn).await?;
    row.map(User::try_from).transpose()
}

pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<User>, Error> {
    one(conn, "where id = $1", id).await
}

/// The account with this email, in lower case.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, Error> {
    one(conn, "where email = $1", email).await
}

/// Active admins, oldest account first.
pub async fn admins(conn: &mut Conn) -> Result<Vec<User>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from users u where role = $1 and disabled = 0 and password_hash is not null
         order by created_at, id"
    ));
    let rows: Vec<UserRow> = sqlx::query_as(sql).bind(Role::Admin.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(User::try_from).collect()
}

pub async fn first_admin(conn: &mut Conn) -> Result<Option<User>, Error> {
    Ok(admins(conn).await?.into_iter().next())
}

/// All accounts except the demo visitor, by email.
pub async fn list(conn: &mut Conn) -> Result<Vec<User>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from users u where password_hash is not null order by email"
    ));
    let rows: Vec<UserRow> = sqlx::query_as(sql).fetch_all(conn).await?;
    rows.into_iter().map(User::try_from).collect()
}

/// Number of accounts except the demo visitor.
pub async fn count(conn: &mut Conn) -> Result<i64, Error> {
    let sql = "select count(*) from users where password_hash is not null";
    Ok(sqlx::query_scalar(sql).fetch_one(conn).await?)
}

pub async fn add(conn: &mut Conn, user: &User) -> Result<(), Error> {
    sqlx::query(
        "insert into users (id, email, role, password_hash, disabled, created_at, password_ends_at)
         values ($1, $2, $3, $4, 0, $5, $6)",
    )
    .bind(&user.id)
    .bind(&user.email)
    .bind(user.role.as_str())
    .bind(user.password_hash.as_deref())
    .bind(user.created_at)
    .bind(user.password_ends_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn set_role(conn: &mut Conn, id: &str, role: Role) -> Result<(), Error> {
    let sql = "update users set role = $2 where id = $1";
    sqlx::query(sql).bind(id).bind(role.as_str()).execute(conn).await?;
    Ok(())
}

pub async fn set_disabled(conn: &mut Conn, id: &str, is_disabled: bool) -> Result<(), Error> {
    let sql = "update users set disabled = $2 where id = $1";
    sqlx::query(sql).bind(id).bind(i64::from(is_disabled)).execute(conn).await?;
    Ok(())
}

/// Sets a password; a temporary one expires at the given time.
pub async fn set_password(conn: &mut Conn, id: &str, hash: &str, ends_at: Option<i64>) -> Result<(), Error> {
    let sql = "update users set password_hash = $2, password_ends_at = $3 where id = $1";
    sqlx::query(sql).bind(id).bind(hash).bind(ends_at).execute(conn).await?;
    Ok(())
}

/// Records a sign-in.
pub async fn signed_in(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("update users set signed_in_at = $2 where id = $1").bind(id).bind(now).execute(conn).await?;
    Ok(())
}
