//! Whether a file is sound: its pages, its indexes, and rows that name others.

use super::Conn;
use crate::server::error::Error;

/// What is wrong with the file, one sentence each; none where it is sound. Reads all of it.
pub async fn file(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let integrity = sqlx::query_scalar("select integrity_check from pragma_integrity_check")
        .fetch_all(&mut *conn)
        .await
        .map_err(Error::from);
    let mut findings: Vec<String> = match integrity {
        Ok(lines) => lines,
        Err(Error::Db(error)) => vec![error.to_string()],
        Err(error) => return Err(error),
    };
    findings.retain(|finding| finding != "ok");
    if !findings.is_empty() {
        return Ok(findings);
    }
    let orphans: Vec<(String, String, i64)> = sqlx::query_as(
        "select \"table\", parent, count(*) from pragma_foreign_key_check group by \"table\", parent order by 1, 2",
    )
    .fetch_all(conn)
    .await?;
    Ok(orphans
        .into_iter()
        .map(|(table, parent, rows)| format!("{table}: {rows} rows name a row of {parent} that is not there"))
        .collect())
}
