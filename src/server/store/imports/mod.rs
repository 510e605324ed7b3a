//! Imports: which files, by whom, and which were undone.

pub mod changes;
pub(crate) mod splice;

use std::collections::{BTreeSet, HashSet};

use sqlx::FromRow;

use super::Conn;
use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::series::varint::{Reader, put};
use crate::server::error::Error;
use crate::server::store::sql::word;

/// Fetches of imports that can still be undone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UndoableImports(HashSet<i64>);

impl UndoableImports {
    #[cfg(test)]
    pub(super) fn from_fetches(fetches: impl IntoIterator<Item = i64>) -> Self {
        UndoableImports(fetches.into_iter().collect())
    }

    /// Excludes a fetch that is being undone.
    pub(super) fn remove(&mut self, fetch_id: i64) {
        self.0.remove(&fetch_id);
    }

    pub fn contains(&self, fetch_id: i64) -> bool {
        self.0.contains(&fetch_id)
    }
}

pub async fn undoable(conn: &mut Conn) -> Result<UndoableImports, Error> {
    let sql = "select f.fetch_id from import_files f join imports i on i.id = f.import_id
               where i.can_be_undone = 1 and i.undone_at is null";
    let fetches: Vec<i64> = sqlx::query_scalar(sql).fetch_all(conn).await?;
    Ok(UndoableImports(fetches.into_iter().collect()))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The email of an account, or "operator".
    pub who: String,
    /// Seconds since 1970-01-01.
    pub at: i64,
}

/// Begins the fetch of a file. `import` is its import; `None` starts a new one.
pub async fn begin_file(
    conn: &mut Conn,
    import: Option<i64>,
    fetch_id: i64,
    by: &Attribution,
    file: &str,
    kind: FileKind,
) -> Result<i64, Error> {
    if import.is_none() {
        sqlx::query(
            "insert into imports (id, imported_at, imported_by, can_be_undone) values ($1, $2, $3, 1)",
        )
        .bind(fetch_id)
        .bind(by.at)
        .bind(&by.who)
        .execute(&mut *conn)
        .await?;
    }
    let import = import.unwrap_or(fetch_id);
    sqlx::query(
        "insert into import_files (fetch_id, import_id, file, kind, lines, added, changed, same, bad)
         values ($1, $2, $3, $4, 0, 0, 0, 0, 0)",
    )
    .bind(fetch_id)
    .bind(import)
    .bind(file)
    .bind(kind.as_str())
    .execute(conn)
    .await?;
    Ok(import)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileCounts {
    /// Lines below the header line.
    pub lines: u64,
    /// New rows or values.
    pub added: u64,
    /// Changed rows or values.
    pub changed: u64,
    /// Unchanged rows or values.
    pub same: u64,
    /// Skipped lines.
    pub bad: u64,
}

/// Records the result of a file; `subjects` are the tracks or artists whose values it contains.
pub async fn end_file(
    conn: &mut Conn,
    fetch_id: i64,
    counts: FileCounts,
    subjects: &BTreeSet<i64>,
) -> Result<(), Error> {
    let mut query = sqlx::query(
        "update import_files set lines = $2, added = $3, changed = $4, same = $5, bad = $6, subjects = $7
         where fetch_id = $1",
    )
    .bind(fetch_id);
    for count in [counts.lines, counts.added, counts.changed, counts.same, counts.bad] {
        query = query.bind(i64::try_from(count).map_err(Error::damaged)?);
    }
    query.bind(pack(subjects)).execute(conn).await?;
    Ok(())
}

/// Packs sorted numbers as differences.
fn pack(numbers: &BTreeSet<i64>) -> Vec<u8> {
    let mut out = Vec::with_capacity(numbers.len() + 1);
    let mut before = 0;
    for number in numbers {
        put(&mut out, number.abs_diff(before));
        before = *number;
    }
    out
}

fn unpack(bytes: &[u8]) -> Result<Vec<i64>, Error> {
    let mut reader = Reader::new(bytes);
    let (mut numbers, mut last) = (Vec::new(), 0i64);
    while !reader.is_at_end() {
        let next = reader.get().and_then(|step| last.checked_add_unsigned(step));
        last = next.ok_or_else(|| Error::Damaged("the subjects of an import cannot be read".to_owned()))?;
        numbers.push(last);
    }
    Ok(numbers)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub id: i64,
    /// Who imported it, and when.
    pub by: Attribution,
    /// Made by an earlier version, which did not record its changes.
    pub is_legacy: bool,
    /// Who undid it, and when.
    pub undone: Option<Attribution>,
    /// Files in import order.
    pub files: Vec<ImportedFile>,
}

impl Import {
    pub fn can_be_undone(&self) -> bool {
        !self.is_legacy && self.undone.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFile {
    pub fetch_id: i64,
    pub file: String,
    /// Content type, if known.
    pub kind: Option<FileKind>,
    pub counts: FileCounts,
}

#[derive(FromRow)]
struct FileRow {
    fetch_id: i64,
    file: String,
    kind: Option<String>,
    lines: i64,
    added: i64,
    changed: i64,
    same: i64,
    bad: i64,
}

#[derive(FromRow)]
struct ImportRow {
    id: i64,
    imported_at: i64,
    imported_by: String,
    can_be_undone: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
}

/// Imports, newest first; only those before `before`, if given.
pub async fn list(conn: &mut Conn, before: Option<i64>, limit: u32) -> Result<Vec<Import>, Error> {
    let rows: Vec<ImportRow> = sqlx::query_as(
        "select id, imported_at, imported_by, can_be_undone, undone_at, undone_by from imports where id < $1
         order by id desc limit $2",
    )
    .bind(before.unwrap_or(i64::MAX))
    .bind(i64::from(limit))
    .fetch_all(&mut *conn)
    .await?;
    let mut imports = Vec::with_capacity(rows.len());
    for row in rows {
        imports.push(with_files(conn, row).await?);
    }
    Ok(imports)
}

pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Import>, Error> {
    let row: Option<ImportRow> = sqlx::query_as(
        "select id, imported_at, imported_by, can_be_undone, undone_at, undone_by from imports where id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        Some(row) => with_files(conn, row).await.map(Some),
        None => Ok(None),
    }
}

async fn with_files(conn: &mut Conn, row: ImportRow) -> Result<Import, Error> {
    let rows: Vec<FileRow> = sqlx::query_as(
        "select fetch_id, file, kind, lines, added, changed, same, bad from import_files where import_id = $1
         order by fetch_id",
    )
    .bind(row.id)
    .fetch_all(conn)
    .await?;
    let file = |row: FileRow| {
        let count = |number: i64| u64::try_from(number).map_err(Error::damaged);
        let counts = FileCounts {
            lines: count(row.lines)?,
            added: count(row.added)?,
            changed: count(row.changed)?,
            same: count(row.same)?,
            bad: count(row.bad)?,
        };
        let kind = row.kind.as_deref().map(word).transpose()?;
        Ok(ImportedFile { fetch_id: row.fetch_id, file: row.file, kind, counts })
    };
    Ok(Import {
        id: row.id,
        by: Attribution { who: row.imported_by, at: row.imported_at },
        is_legacy: row.can_be_undone == 0,
        undone: row.undone_at.map(|at| Attribution { who: row.undone_by.unwrap_or_default(), at }),
        files: rows.into_iter().map(file).collect::<Result<_, Error>>()?,
    })
}

/// The tracks or artists whose values a file contains.
pub(super) async fn subjects(conn: &mut Conn, fetch_id: i64) -> Result<Vec<i64>, Error> {
    let bytes: Option<Vec<u8>> = sqlx::query_scalar("select subjects from import_files where fetch_id = $1")
        .bind(fetch_id)
        .fetch_one(conn)
        .await?;
    unpack(&bytes.unwrap_or_default())
}

/// Marks an import as undone; returns whether it was not before.
pub(super) async fn mark_undone(conn: &mut Conn, id: i64, by: &Attribution) -> Result<bool, Error> {
    let sql = "update imports set undone_at = $2, undone_by = $3 where id = $1 and undone_at is null";
    let ended = sqlx::query(sql).bind(id).bind(by.at).bind(&by.who).execute(conn).await?;
    Ok(ended.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_round_trip(numbers in proptest::collection::btree_set(0i64..i64::MAX, 0..40)) {
            prop_assert_eq!(unpack(&pack(&numbers)).unwrap(), numbers.into_iter().collect::<Vec<_>>());
        }
    }
}
