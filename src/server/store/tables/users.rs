//! Accounts.

use crate::domain::accounts::Role;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::word;

/// What stands for the hash of an account that has no password: it comes in by single sign-on. No password has this hash.
pub const NO_PASSWORD: &str = "none";

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: String,
    /// In lower case.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// `None` for the visitor of demo data; [`NO_PASSWORD`] for who comes in by single sign-on alone.
    pub password_hash: Option<String>,
    /// Whether it may not sign in.
    pub is_disabled: bool,
    /// Milliseconds since 1970-01-01.
    pub created_at: i64,
    /// The same, of the last time it signed in.
    pub signed_in_at: Option<i64>,
    /// The same for the expiry of a temporary password; `None` for the user's own.
    pub password_ends_at: Option<i64>,
}

impl User {
    /// Whether there is a password that lets it in.
    pub fn has_password(&self) -> bool {
        self.password_hash.as_deref().is_some_and(|hash| hash != NO_PASSWORD)
    }

    /// Whether the password is temporary and expired at a time.
    pub fn password_has_ended(&self, now: i64) -> bool {
        self.password_ends_at.is_some_and(|end| end <= now)
    }
}

/// Id, email, role, password hash, disabled, created, signed in, end of the password.
pub(super) type UserRow = (String, String, String, Option<String>, i64, i64, Option<i64>, Option<i64>);

const SELECT: &str =
    "select id, email, role, password_hash, disabled, created_at, signed_in_at, password_ends_at from users";

pub(super) fn user(
    (id, email, role, password_hash, disabled, created_at, signed_in_at, password_ends_at): UserRow,
) -> Result<User, Error> {
    let (role, is_disabled) = (word(&role)?, disabled != 0);
    Ok(User { id, email, role, password_hash, is_disabled, created_at, signed_in_at, password_ends_at })
}

async fn one(conn: &mut Conn, rest: &str, bind: &str) -> Result<Option<User>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} {rest}"));
    sqlx::query_as(sql).bind(bind).fetch_optional(conn).await?.map(user).transpose()
}

/// The account of an id.
pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<User>, Error> {
    one(conn, "where id = $1", id).await
}

/// The account of an address in lower case.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, Error> {
    one(conn, "where email = $1", email).await
}

/// The admins who may sign in, in the order in which they came.
pub async fn admins(conn: &mut Conn) -> Result<Vec<User>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{SELECT} where role = $1 and disabled = 0 and password_hash is not null order by created_at, id"
    ));
    let rows: Vec<UserRow> = sqlx::query_as(sql).bind(Role::Admin.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(user).collect()
}

pub async fn first_admin(conn: &mut Conn) -> Result<Option<User>, Error> {
    Ok(admins(conn).await?.into_iter().next())
}

/// Every account but the visitor's, by address.
pub async fn list(conn: &mut Conn) -> Result<Vec<User>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} where password_hash is not null order by email"));
    let rows: Vec<UserRow> = sqlx::query_as(sql).fetch_all(conn).await?;
    rows.into_iter().map(user).collect()
}

/// How many accounts there are, without the visitor's.
pub async fn count(conn: &mut Conn) -> Result<i64, Error> {
    let sql = "select count(*) from users where password_hash is not null";
    Ok(sqlx::query_scalar(sql).fetch_one(conn).await?)
}

/// Adds an account.
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

/// Changes what an account may do.
pub async fn set_role(conn: &mut Conn, id: &str, role: Role) -> Result<(), Error> {
    let sql = "update users set role = $2 where id = $1";
    sqlx::query(sql).bind(id).bind(role.as_str()).execute(conn).await?;
    Ok(())
}

/// Lets an account sign in, or not.
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

/// Notes that it has signed in.
pub async fn signed_in(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    sqlx::query("update users set signed_in_at = $2 where id = $1").bind(id).bind(now).execute(conn).await?;
    Ok(())
}
