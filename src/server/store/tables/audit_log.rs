//! The audit log: who did what, when and from where.

use crate::domain::accounts::Action;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::word;

/// An entry with the names as they were at the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: String,
    /// Milliseconds since 1970-01-01.
    pub at: i64,
    /// The account's email.
    pub actor: String,
    /// "session", "token NAME", "command line".
    pub via: String,
    /// IP address; empty on the command line.
    pub address: String,
    pub action: Action,
    pub subject: String,
}

pub async fn add(conn: &mut Conn, entry: &AuditEntry) -> Result<(), Error> {
    sqlx::query(
        "insert into audit_log (id, at, actor, via, address, action, subject) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&entry.id)
    .bind(entry.at)
    .bind(&entry.actor)
    .bind(&entry.via)
    .bind(&entry.address)
    .bind(entry.action.as_str())
    .bind(&entry.subject)
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries, newest first, at most `limit`; optionally after the entry of this time and id, of one action, of one
/// actor.
pub async fn list(
    conn: &mut Conn,
    action: Option<Action>,
    actor: &str,
    after: Option<(i64, &str)>,
    limit: u32,
) -> Result<Vec<AuditEntry>, Error> {
    type EntryRow = (String, i64, String, String, String, String, String);
    let rows: Vec<EntryRow> = sqlx::query_as(
        "select id, at, actor, via, address, action, subject from audit_log
         where ($1 = '' or action = $1) and ($2 = '' or actor = $2) and (at < $3 or (at = $3 and id < $4))
         order by at desc, id desc limit $5",
    )
    .bind(action.map_or("", Action::as_str))
    .bind(actor)
    .bind(after.map_or(i64::MAX, |(at, _)| at))
    .bind(after.map_or("", |(_, id)| id))
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await?;
    let entry = |(id, at, actor, via, address, action, subject): EntryRow| {
        Ok(AuditEntry { id, at, actor, via, address, action: word(&action)?, subject })
    };
    rows.into_iter().map(entry).collect()
}

/// Deletes entries older than a time.
pub async fn delete_old(conn: &mut Conn, since: i64) -> Result<(), Error> {
    sqlx::query("delete from audit_log where at < $1").bind(since).execute(conn).await?;
    Ok(())
}
