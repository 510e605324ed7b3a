//! Imports: which files, by whom, and which were undone.

pub mod changes;
pub(crate) mod splice;

use std::collections::{BTreeSet, HashSet};

use super::Conn;
use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::series::varint::{Reader, put};
use crate::server::error::Error;
use crate::server::store::sql::word;

/// The fetches of imports that can still be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UndoableImports(HashSet<i64>);

impl UndoableImports {
    /// These.
    #[cfg(test)]
    pub(super) fn from_fetches(fetches: impl IntoIterator<Item = i64>) -> Self {
        UndoableImports(fetches.into_iter().collect())
    }

    /// Without one that is taken back now.
    pub(super) fn remove(&mut self, fetch_id: i64) {
        self.0.remove(&fetch_id);
    }

    /// Whether a fetch is one of them.
    pub fn contains(&self, fetch_id: i64) -> bool {
        self.0.contains(&fetch_id)
    }
}

/// The imports that can still be taken back.
pub async fn undoable(conn: &mut Conn) -> Result<UndoableImports, Error> {
    let sql = "select f.fetch_id from import_files f join imports i on i.id = f.import_id
               where i.can_be_undone = 1 and i.undone_at is null";
    let fetches: Vec<i64> = sqlx::query_scalar(sql).fetch_all(conn).await?;
    Ok(UndoableImports(fetches.into_iter().collect()))
}

/// Who imports, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// An account's address, or "operator".
    pub who: String,
    /// Seconds since 1970-01-01.
    pub at: i64,
}

/// Notes that a fetch brings a file. `import` is the import that it belongs to; without one it begins one.
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

/// What a file did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileCounts {
    /// Lines below the header line.
    pub lines: u64,
    /// Rows or values that are new.
    pub added: u64,
    /// Those that replaced others.
    pub changed: u64,
    /// Those that were there already.
    pub same: u64,
    /// Lines that were passed over.
    pub bad: u64,
}

/// Notes what became of the file; `subjects` are the tracks or artists of which it says values.
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

/// Numbers in order as differences.
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
    /// Time and user; `None` if made by an earlier version.
    pub by: Attribution,
    /// Whether an earlier version made it, which did not note what it changed.
    pub is_legacy: bool,
    /// When and by whom it was taken back.
    pub undone: Option<Attribution>,
    /// Its files, in the order in which they were imported.
    pub files: Vec<ImportedFile>,
}

impl Import {
    /// Whether it can be taken back.
    pub fn can_be_undone(&self) -> bool {
        !self.is_legacy && self.undone.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFile {
    pub fetch_id: i64,
    /// Its name.
    pub file: String,
    /// What it held, if known.
    pub kind: Option<FileKind>,
    /// What it did.
    pub counts: FileCounts,
}

/// Fetch, name, kind, lines, new, changed, same, bad.
type FileRow = (i64, String, Option<String>, i64, i64, i64, i64, i64);
/// Number, when, by whom, whether it can be undone, when it was, by whom.
type ImportRow = (i64, i64, String, i64, Option<i64>, Option<String>);

/// Imports, newest first: those before one, if one is named.
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

/// The import of this number.
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
    let (id, at, who, can_be_undone, undone_at, undone_by) = row;
    let rows: Vec<FileRow> = sqlx::query_as(
        "select fetch_id, file, kind, lines, added, changed, same, bad from import_files where import_id = $1
         order by fetch_id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let file = |(fetch_id, file, kind, lines, added, changed, same, bad): FileRow| {
        let count = |number: i64| u64::try_from(number).map_err(Error::damaged);
        let counts = FileCounts {
            lines: count(lines)?,
            added: count(added)?,
            changed: count(changed)?,
            same: count(same)?,
            bad: count(bad)?,
        };
        Ok(ImportedFile { fetch_id, file, kind: kind.as_deref().map(word).transpose()?, counts })
    };
    Ok(Import {
        id,
        by: Attribution { who, at },
        is_legacy: can_be_undone == 0,
        undone: undone_at.map(|at| Attribution { who: undone_by.unwrap_or_default(), at }),
        files: rows.into_iter().map(file).collect::<Result<_, Error>>()?,
    })
}

/// The tracks or artists of which a file says values.
pub(super) async fn subjects(conn: &mut Conn, fetch_id: i64) -> Result<Vec<i64>, Error> {
    let bytes: Option<Vec<u8>> = sqlx::query_scalar("select subjects from import_files where fetch_id = $1")
        .bind(fetch_id)
        .fetch_one(conn)
        .await?;
    unpack(&bytes.unwrap_or_default())
}

/// Notes that an import was taken back; answers whether that is new.
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
