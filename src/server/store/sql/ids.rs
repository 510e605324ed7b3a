//! Row ids, allocated from a counter row per table: the same on every engine, and preserved when a table
//! moves to another database.

use std::collections::HashMap;
use std::ops::Range;

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{parameters, word};
use crate::server::error::Error;
use crate::server::store::Conn;

/// Keys per lookup statement; engines limit the number of parameters.
pub(in crate::server::store) const KEYS_AT_ONCE: usize = 500;

/// Allocates `count` new ids of a table.
pub(in crate::server::store) async fn allocate(
    conn: &mut Conn,
    table: &str,
    count: usize,
) -> Result<Range<i64>, Error> {
    let count = i64::try_from(count).map_err(Error::damaged)?;
    let last: i64 = sqlx::query_scalar(
        "insert into ids (name, last) values ($1, $2)
         on conflict (name) do update set last = ids.last + excluded.last returning last",
    )
    .bind(table)
    .bind(count)
    .fetch_one(conn)
    .await?;
    Ok(last - count + 1..last + 1)
}

/// The ids of the keys that exist. `select` reads key and id and ends with the key's `in`.
pub(in crate::server::store) async fn find(
    conn: &mut Conn,
    select: &str,
    keys: &[&str],
) -> Result<HashMap<String, i64>, Error> {
    let mut found = HashMap::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let sql = format!("{select} ({})", parameters(1, keys.len()));
        let query = sqlx::query_as(AssertSqlSafe(sql)).persistent(keys.len() == KEYS_AT_ONCE);
        let rows: Vec<(String, i64)> =
            keys.iter().fold(query, |query, key| query.bind(*key)).fetch_all(&mut *conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// All ids of a table, by UUID.
pub(in crate::server::store) async fn by_uuid(
    conn: &mut Conn,
    select: &'static str,
) -> Result<HashMap<Uuid, i64>, Error> {
    let mut found = HashMap::new();
    let mut rows = sqlx::query_as::<_, (String, i64)>(select).fetch(conn);
    while let Some((uuid, id)) = rows.try_next().await? {
        found.insert(word(&uuid)?, id);
    }
    Ok(found)
}
