//! Copies a database into an empty one, of either engine. The source is read in one transaction; the target
//! is written in one transaction, or as one file renamed at the end, so that a failed copy leaves it empty. A
//! target that has this version's tables without rows counts as empty, distributed or not. Tables, columns
//! and foreign keys are read from the schema, so that new tables are copied too.

use std::collections::BTreeSet;
use std::mem;
use std::path::PathBuf;

use futures_util::TryStreamExt as _;
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, ValueRef as _};

use super::backup::BackupStep;
use super::checksum::{self, Contents, Tables, decode, listed, rows_of};
use super::distribute::SHARD_PLACEMENTS;
use super::references;
use super::staging::{Staging, already_exists, publish};
use crate::server::error::Error;
use crate::server::store::engine::postgres::{self, Server};
use crate::server::store::engine::{Reference, sqlite, version};
use crate::server::store::sql::{ROWS_AT_ONCE, is_postgres, quoted};
use crate::server::store::tables::meta;
use crate::server::store::{Conn, Db};

/// Statement size after which no more rows are added; far below the engines' parameter limits.
const BYTES_AT_ONCE: usize = 1 << 20;

/// Copies the database of one URL into the empty database of another, and returns the contents of both. Cancelling
/// leaves the target empty.
///
/// # Errors
/// The source does not exist or was made by a newer version; the target is not empty; the two differ at the end.
pub async fn copy(
    from: &str,
    to: &str,
    mut progress: impl FnMut(BackupStep, u64, u64),
) -> Result<Contents, Error> {
    let target = Target::open(to).await?;
    let source = Db::open_existing("FROM", from).await?;
    let copied = target.fill(&source, &mut progress).await;
    source.close().await;
    copied
}

struct Target {
    conn: Conn,
    name: String,
    /// The final path of a file, its staging directory, and its path there.
    file: Option<(PathBuf, Staging, PathBuf)>,
}

impl Target {
    async fn open(url: &str) -> Result<Self, Error> {
        if postgres::is_postgres(url) {
            let (mut conn, name) = Server::alone("TO", url).await?;
            ensure_empty(&mut conn, &name).await?;
            return Ok(Target { conn, name, file: None });
        }
        let place = sqlite::path_from_url(url)?;
        if place.symlink_metadata().is_ok() {
            return Err(already_exists(&place));
        }
        sqlite::make_directory(&place)?;
        let staging = Staging::beside(&place)?;
        let copy = staging.path("copy.db");
        let conn = sqlite::new(&copy).await?;
        Ok(Target { conn, name: place.display().to_string(), file: Some((place, staging, copy)) })
    }

    async fn fill(
        mut self,
        source: &Db,
        progress: &mut impl FnMut(BackupStep, u64, u64),
    ) -> Result<Contents, Error> {
        let mut from = source.read().await?;
        let mut to = self.conn.begin().await?;
        if is_postgres(&from) {
            postgres::disable_timeouts(&mut from).await?;
        }
        if is_postgres(&to) {
            postgres::lock_writing(&mut to).await?;
            // Another process may have used it since the first check.
            ensure_empty(&mut to, &self.name).await?;
        }
        version::migrate(&self.name, &mut to).await?;
        if is_postgres(&to) {
            postgres::use_byte_collation(&mut to).await?;
        }
        copy_rows(&mut from, &mut to, |done, of| progress(BackupStep::Copying, done, of)).await?;
        let copied = checksum::read(&mut to, |done, of| progress(BackupStep::Reading, done, of)).await?;
        let original = checksum::read(&mut from, |done, of| progress(BackupStep::Reading, done, of)).await?;
        if copied != original {
            return Err(Error::Damaged(format!(
                "{} would hold {} and not {}: nothing was copied",
                self.name, copied.checksum, original.checksum
            )));
        }
        let left = meta::mark_uncommitted(&mut to).await?;
        to.commit().await?;
        if let Some(left) = left {
            meta::mark_committed(&mut self.conn, left).await?;
        }
        self.conn.close().await?;
        if let Some((place, _staging, copy)) = self.file {
            publish(copy, &place)?;
        }
        Ok(copied)
    }
}

/// Tables with rows in a new database, from migrations and the first start.
const SEEDED_TABLES: [&str; 4] = ["ids", "meta", "platform_metrics", "platforms"];

/// Only a database without tables, or with this version's unused tables, may be overwritten. The latter is the
/// state after distributing an empty database.
async fn ensure_empty(conn: &mut Conn, name: &str) -> Result<(), Error> {
    let found = checksum::tables(conn).await?;
    let is_ours = |table: &String| SHARD_PLACEMENTS.iter().any(|(ours, _)| ours == table);
    let used = if found.is_empty() {
        None
    } else if found.len() != SHARD_PLACEMENTS.len()
        || !found.keys().all(is_ours)
        || !version::is_current(conn).await?
    {
        Some("tables")
    } else {
        find_used_table(conn).await?
    };
    let Some(used) = used else { return Ok(()) };
    Err(Error::Unusable(format!(
        "{name} has {used} already, and a copy replaces nothing: create a new database (create database … encoding \
         'UTF8' template template0)"
    )))
}

/// A table with rows that a new database does not have.
async fn find_used_table(conn: &mut Conn) -> Result<Option<&'static str>, Error> {
    for (table, _) in SHARD_PLACEMENTS.iter().filter(|(table, _)| !SEEDED_TABLES.contains(table)) {
        let sql = format!("select 1 from {table} limit 1");
        if sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut *conn).await?.is_some() {
            return Ok(Some(table));
        }
    }
    Ok((!meta::is_new(conn).await?).then_some("meta"))
}

async fn copy_rows(from: &mut Conn, to: &mut Conn, mut progress: impl FnMut(u64, u64)) -> Result<(), Error> {
    let tables = checksum::tables(to).await?;
    let found = checksum::tables(from).await?;
    if let Some((table, _)) = found.iter().find(|(table, columns)| tables.get(*table) != Some(columns)) {
        return Err(Error::Unusable(format!(
            "the table {table} is not one of music-analytics {}, which would not copy it: move it elsewhere first",
            env!("CARGO_PKG_VERSION")
        )));
    }
    let order = topological_order(&tables, &references(to).await?)?;
    // The source includes the rows that migrations inserted.
    for table in order.iter().rev() {
        sqlx::query(AssertSqlSafe(format!("delete from {}", rows_of(table)))).execute(&mut *to).await?;
    }
    let of = checksum::count(from, &tables).await?;
    let mut done = 0;
    for table in order {
        let (name, columns) = (quoted(table), listed(&tables[table]));
        let sql = format!("select {columns} from {}", rows_of(table));
        let mut batch = InsertBatch::new(format!("insert into {name} ({columns}) values "));
        let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(&mut *from);
        while let Some(row) = rows.try_next().await? {
            batch.add(&row)?;
            if batch.is_full() {
                done += batch.write(to).await?;
                progress(done, of);
            }
        }
        done += batch.write(to).await?;
        progress(done, of);
    }
    Ok(())
}

/// The tables, each after those that it references.
fn topological_order<'a>(tables: &'a Tables, references: &[Reference]) -> Result<Vec<&'a str>, Error> {
    let mut order: Vec<&str> = Vec::with_capacity(tables.len());
    let mut rest: BTreeSet<&str> = tables.keys().map(String::as_str).collect();
    while !rest.is_empty() {
        let waits = |table: &str| {
            references.iter().any(|r| r.table == table && r.to != table && rest.contains(r.to.as_str()))
        };
        let next: Vec<&str> = rest.iter().copied().filter(|table| !waits(table)).collect();
        if next.is_empty() {
            return Err(Error::Damaged(format!("tables name each other: {rest:?}")));
        }
        rest.retain(|table| !next.contains(table));
        order.extend(next);
    }
    Ok(order)
}

/// Rows of one statement.
struct InsertBatch {
    head: String,
    /// Rows as literals and parameters, for `values`.
    text: String,
    parameters: Vec<Parameter>,
    rows: usize,
    bytes: usize,
}

enum Parameter {
    Text(String),
    Blob(Vec<u8>),
    Real(f64),
}

impl InsertBatch {
    fn new(head: String) -> Self {
        InsertBatch { head, text: String::new(), parameters: Vec::new(), rows: 0, bytes: 0 }
    }

    fn is_full(&self) -> bool {
        self.rows == ROWS_AT_ONCE || self.bytes >= BYTES_AT_ONCE
    }

    /// Adds a row. Numbers and nulls are literals: a null parameter would need a type.
    fn add(&mut self, row: &AnyRow) -> Result<(), Error> {
        use AnyTypeInfoKind as Kind;
        self.text += if self.rows == 0 { "(" } else { ",(" };
        for place in 0..row.len() {
            let value = row.try_get_raw(place)?;
            if place > 0 {
                self.text.push(',');
            }
            let parameter = match value.type_info().kind() {
                Kind::Null => {
                    self.text += "null";
                    continue;
                }
                Kind::Bool | Kind::SmallInt | Kind::Integer | Kind::BigInt => {
                    self.text += &decode::<i64>(value)?.to_string();
                    continue;
                }
                Kind::Real | Kind::Double => Parameter::Real(decode(value)?),
                Kind::Text => Parameter::Text(decode(value)?),
                Kind::Blob => Parameter::Blob(decode(value)?),
            };
            self.bytes += match &parameter {
                Parameter::Text(text) => text.len(),
                Parameter::Blob(bytes) => bytes.len(),
                Parameter::Real(_) => size_of::<f64>(),
            };
            self.parameters.push(parameter);
            self.text += &format!("${}", self.parameters.len());
        }
        self.text.push(')');
        self.rows += 1;
        Ok(())
    }

    /// Writes the collected rows and returns their number.
    async fn write(&mut self, conn: &mut Conn) -> Result<u64, Error> {
        let rows = mem::take(&mut self.rows);
        if rows == 0 {
            return Ok(0);
        }
        let sql = format!("{}{}", self.head, mem::take(&mut self.text));
        self.bytes = 0;
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        let bound =
            mem::take(&mut self.parameters).into_iter().fold(query, |query, parameter| match parameter {
                Parameter::Text(text) => query.bind(text),
                Parameter::Blob(bytes) => query.bind(bytes),
                Parameter::Real(number) => query.bind(number),
            });
        bound.execute(conn).await?;
        Ok(rows as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_after_those_that_they_name() {
        let tables: Tables = ["a", "b", "c", "d"].map(|name| (name.to_owned(), BTreeSet::new())).into();
        let names = |table: &str, to: &str| Reference { table: table.to_owned(), to: to.to_owned() };
        let order = topological_order(&tables, &[names("a", "c"), names("c", "d"), names("d", "d")]).unwrap();
        assert_eq!(order, ["b", "d", "c", "a"]);
        assert!(topological_order(&tables, &[names("a", "c"), names("c", "a")]).is_err());
    }
}
