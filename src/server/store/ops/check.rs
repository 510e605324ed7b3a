//! Integrity check of a database: pages, indexes and foreign keys. PostgreSQL checks these itself (page
//! checksums, `amcheck`).

use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::engine::postgres;
use crate::server::store::sql::is_postgres;

/// Damage found in the database, one sentence each. Reads the whole file.
pub async fn find_damage(conn: &mut Conn) -> Result<Vec<String>, Error> {
    if is_postgres(conn) {
        // The check reads whole tables.
        postgres::disable_timeouts(conn).await?;
        return Ok(Vec::new());
    }
    let integrity = sqlx::query_scalar("select integrity_check from pragma_integrity_check")
        .fetch_all(&mut *conn)
        .await
        .map_err(Error::from);
    let mut findings: Vec<String> = match integrity {
        Ok(lines) => lines,
        Err(Error::Db(error)) => vec![error.to_string()],
        Err(Error::Damaged(why)) => vec![why],
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
