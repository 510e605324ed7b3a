//! Batched inserts: each statement costs a round trip, and on a distributed database one per node.

use sqlx::AssertSqlSafe;

use crate::server::error::Error;
use crate::server::store::Conn;

/// Keeps the number of parameters below the limits of both engines.
const ROWS_PER_INSERT: usize = 100;

#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) enum Value<'a> {
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// Inserts rows with distinct keys: `into` is as in `insert into {into} values … {on_conflict}`. Returns how many
/// were inserted or changed.
pub(in crate::server::store) async fn insert<const COLUMNS: usize>(
    conn: &mut Conn,
    into: &str,
    on_conflict: &str,
    rows: &[[Value<'_>; COLUMNS]],
) -> Result<u64, Error> {
    let mut written = 0;
    for rows in rows.chunks(ROWS_PER_INSERT) {
        let sql = format!("insert into {into} values {} {on_conflict}", placeholders(rows.len(), COLUMNS));
        // Other batch sizes vary too much to keep a prepared statement of each.
        let is_usual = matches!(rows.len(), 1 | ROWS_PER_INSERT);
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(is_usual);
        let bound = rows.iter().flatten().fold(query, |query, value| match *value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        });
        written += bound.execute(&mut *conn).await?.rows_affected();
    }
    Ok(written)
}

/// `($1,$2),($3,$4)` for two rows of two columns.
fn placeholders(rows: usize, columns: usize) -> String {
    (0..rows)
        .map(|row| format!("({})", super::parameters(row * columns + 1, columns)))
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(placeholders(2, 3), "($1,$2,$3),($4,$5,$6)");
        assert_eq!(placeholders(1, 1), "($1)");
    }
}
