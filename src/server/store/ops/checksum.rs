//! A checksum of the contents of a database, independent of its file layout.
//!
//! The digest of a row is SHA-256 over its values, each prefixed by type and length. The digest of a table is
//! the sum over its rows, so that order does not matter and one row at a time is in memory. Tables are read
//! from the schema, so that new ones are covered.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::any::{AnyRow, AnyTypeInfoKind, AnyValueRef};
use sqlx::{AssertSqlSafe, Decode, Row as _, ValueRef as _};

use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::engine::{postgres, sqlite, version};
use crate::server::store::sql::{is_postgres, quoted};
use crate::server::store::tables::meta;

/// Progress interval in rows.
const ROWS_PER_PROGRESS: u64 = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Row count of each table, by name.
    pub tables: Vec<(String, u64)>,
    /// The checksum, in lower-case hexadecimal.
    pub checksum: String,
    /// The checksum of the data alone: catalogue and observations. Undoing an import restores the earlier one.
    pub data: String,
}

/// Tables about people, work and the database itself.
const TABLES_WITHOUT_DATA: [&str; 23] = [
    "api_calls",
    "api_tokens",
    "audit_log",
    "fetches",
    "half_sign_ins",
    "identities",
    "ids",
    "import_changes",
    "import_files",
    "imports",
    "meta",
    "provider_searches",
    "rate_limits",
    "recovery_codes",
    "refusals",
    "second_factors",
    "sessions",
    "sign_in_flows",
    "sign_in_tries",
    "sync_needs",
    "sync_units",
    "syncs",
    "users",
];

/// Reads all rows. `progress` receives done and total.
pub async fn read(conn: &mut Conn, mut progress: impl FnMut(u64, u64)) -> Result<Contents, Error> {
    let tables = tables(conn).await?;
    let of = count(conn, &tables).await?;
    let mut done = 0;
    let mut counts = Vec::with_capacity(tables.len());
    let (mut all, mut data) = (Sha256::new(), Sha256::new());
    for (name, columns) in tables {
        let list = listed(&columns);
        let sql = format!("select {list} from {}", rows_of(&name));
        let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(&mut *conn);
        let (mut sum, mut count) = ([0; 4], 0);
        while let Some(row) = rows.try_next().await? {
            add(&mut sum, &digest(&row)?);
            count += 1;
            if count % ROWS_PER_PROGRESS == 0 {
                progress(done + count, of);
            }
        }
        done += count;
        progress(done, of);
        let mut table = Vec::new();
        for text in [&name, &list] {
            table.extend((text.len() as u64).to_le_bytes());
            table.extend(text.as_bytes());
        }
        table.extend(count.to_le_bytes());
        sum.iter().for_each(|part| table.extend(part.to_le_bytes()));
        all.update(&table);
        if !TABLES_WITHOUT_DATA.contains(&name.as_str()) {
            data.update(&table);
        }
        counts.push((name, count));
    }
    Ok(Contents { tables: counts, checksum: hex(all), data: hex(data) })
}

fn hex(sum: Sha256) -> String {
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The columns of each table, both sorted by name.
pub(in crate::server::store) type Tables = BTreeMap<String, BTreeSet<String>>;

/// All tables except that of migrations, which records local times.
pub(in crate::server::store) async fn tables(conn: &mut Conn) -> Result<Tables, Error> {
    let columns =
        if is_postgres(conn) { postgres::columns(conn).await? } else { sqlite::columns(conn).await? };
    let mut tables = Tables::new();
    for column in columns.into_iter().filter(|column| column.table != version::TABLE) {
        tables.entry(column.table).or_default().insert(column.name);
    }
    Ok(tables)
}

/// Number of rows in all tables.
pub(in crate::server::store) async fn count(conn: &mut Conn, tables: &Tables) -> Result<u64, Error> {
    let mut rows = 0;
    for name in tables.keys() {
        let sql = format!("select count(*) from {}", rows_of(name));
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *conn).await?;
        rows += u64::try_from(count).map_err(Error::damaged)?;
    }
    Ok(rows)
}

/// The rows of a table that count as contents. The commit marker of a distributed database does not.
pub(in crate::server::store) fn rows_of(table: &str) -> String {
    let name = quoted(table);
    if table == "ids" { format!("{name} where name <> '{}'", meta::COMMITTED) } else { name }
}

pub(in crate::server::store) fn listed(columns: &BTreeSet<String>) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

fn digest(row: &AnyRow) -> Result<[u8; 32], Error> {
    use AnyTypeInfoKind as Kind;
    let mut digest = Sha256::new();
    for place in 0..row.len() {
        let value = row.try_get_raw(place)?;
        let kind = value.type_info().kind();
        let mut put = |tag: u8, bytes: &[u8]| {
            digest.update([tag]);
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        match kind {
            Kind::Null => put(0, &[]),
            Kind::Bool | Kind::SmallInt | Kind::Integer | Kind::BigInt => {
                put(1, &decode::<i64>(value)?.to_le_bytes());
            }
            Kind::Real | Kind::Double => put(2, &decode::<f64>(value)?.to_le_bytes()),
            Kind::Text => put(3, decode::<&str>(value)?.as_bytes()),
            Kind::Blob => put(4, decode::<&[u8]>(value)?),
        }
    }
    Ok(digest.finalize().into())
}

pub(in crate::server::store) fn decode<'r, T: Decode<'r, sqlx::Any>>(
    value: AnyValueRef<'r>,
) -> Result<T, Error> {
    T::decode(value).map_err(Error::damaged)
}

/// Adds 256-bit numbers modulo 2^256, least significant word first.
fn add(sum: &mut [u64; 4], digest: &[u8; 32]) {
    let mut carry = false;
    for (part, bytes) in sum.iter_mut().zip(digest.as_chunks().0) {
        (*part, carry) = part.carrying_add(u64::from_le_bytes(*bytes), carry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::Db;

    async fn of(statements: &'static str) -> Contents {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", directory.path().display())).await.unwrap();
        let mut tx = db.write().await.unwrap();
        sqlx::raw_sql(statements).execute(&mut *tx).await.unwrap();
        read(&mut tx, |_, _| {}).await.unwrap()
    }

    #[tokio::test]
    async fn contents_count_and_their_order_and_layout_do_not() {
        let new = async |rows: &str| {
            let table = "create table new (a text, b blob, c bigint, d real)";
            of(format!("{table}; insert into new values {rows}").leak()).await
        };
        let one = new("('x', x'00', 1, 0.5), ('x', x'00', 1, 0.5), (null, null, null, null)").await;
        assert!(one.tables.contains(&("new".to_owned(), 3)), "{:?}", one.tables);
        assert!(one.tables.contains(&("platforms".to_owned(), 25)));
        let same = of("create table new (d real, a text, b blob, c bigint); create index new_a on new (a); \
                       insert into new values (null, null, null, null), (0, 'y', null, 5), (0.5, 'x', x'00', 1), \
                       (0.5, 'x', x'00', 1); delete from new where a = 'y'")
        .await;
        assert_eq!(one, same);
        for other in [
            "('x', x'00', 1, 0.5), (null, null, null, null)",
            "('x', x'00', 1, 0.5), ('x', x'00', 2, 0.5), (null, null, null, null)",
            "('x', x'00', 1, 0.5), ('x', '', 1, 0.5), (null, null, null, null)",
            "('x', x'00', 1, 0.5), ('x', x'00', 1, 0.5), ('', null, null, null)",
        ] {
            assert_ne!(new(other).await.checksum, one.checksum, "{other}");
        }
    }

    #[test]
    fn sums_carry() {
        let mut sum = [u64::MAX, u64::MAX, 0, 7];
        let mut one = [0; 32];
        one[0] = 1;
        add(&mut sum, &one);
        assert_eq!(sum, [0, 0, 1, 7]);
        add(&mut sum, &[255; 32]);
        assert_eq!(sum, [u64::MAX, u64::MAX, 0, 7]);
    }
}
