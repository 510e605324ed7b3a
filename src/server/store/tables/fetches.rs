//! The source of observations: a row for every imported file, demo run and provider call.

use std::collections::{BTreeSet, HashMap};

use sqlx::AssertSqlSafe;

use crate::domain::text::string_enum::string_enum;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{ROWS_AT_ONCE, ids, list, word};

string_enum!(
    /// What brings observations.
    FetchSource, "source of a fetch", {
        /// A file of `import`.
        Import = "import",
        /// The demo.
        Demo = "demo",
        /// The provider.
        Soundcharts = "soundcharts",
    }
);

/// Records a fetch; `started_at` is in seconds since 1970-01-01.
pub async fn start(
    conn: &mut Conn,
    source: FetchSource,
    detail: &str,
    started_at: i64,
) -> Result<i64, Error> {
    let id = ids::allocate(conn, "fetches", 1).await?.start;
    sqlx::query("insert into fetches (id, source, detail, started_at) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(source.as_str())
        .bind(detail)
        .bind(started_at)
        .execute(conn)
        .await?;
    Ok(id)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    pub id: i64,
    pub source: FetchSource,
    /// File name, endpoint, ...
    pub detail: String,
    /// Seconds since 1970-01-01.
    pub started_at: i64,
}

/// Start times of these fetches, in seconds since 1970-01-01, by id. A separate query, because on a distributed
/// database fetches cannot be joined with the rows that refer to them.
pub(super) async fn started(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, i64>, Error> {
    let ids: BTreeSet<i64> = ids.into_iter().collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut all = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(ROWS_AT_ONCE) {
        let sql = format!("select id, started_at from fetches where id in ({})", list(ids.iter().copied()));
        let rows: Vec<(i64, i64)> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        all.extend(rows);
    }
    Ok(all)
}

pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Fetch>, Error> {
    let row: Option<(String, String, i64)> =
        sqlx::query_as("select source, detail, started_at from fetches where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?;
    row.map(|(source, detail, started_at)| Ok(Fetch { id, source: word(&source)?, detail, started_at }))
        .transpose()
}
