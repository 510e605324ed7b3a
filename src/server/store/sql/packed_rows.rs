//! Packs many small rows into one text column: fetching a row costs several microseconds whatever its size,
//! and a report on a hundred artists needs thousands of names. A number is followed by ":"; a text is
//! preceded by its byte length and ":"; null is ":" alone.

use sqlx::AssertSqlSafe;

use crate::server::error::Error;
use crate::server::store::Conn;

#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) enum Column {
    /// A bigint column.
    Number(&'static str),
    /// A text column.
    Text(&'static str),
}

/// The aggregate that packs all rows into one text; null if there are none.
pub(in crate::server::store) fn pack_columns(columns: &[Column]) -> String {
    let fields: Vec<String> = columns
        .iter()
        .map(|column| match column {
            Column::Number(name) => format!("coalesce(cast({name} as text), '') || ':'"),
            Column::Text(name) => {
                format!("coalesce(cast(octet_length({name}) as text) || ':' || {name}, ':')")
            }
        })
        .collect();
    format!("string_agg({}, '')", fields.join(" || "))
}

/// Runs a select of [`pack_columns`].
pub(in crate::server::store) async fn text(conn: &mut Conn, sql: String) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_one(conn).await?)
}

/// Reads the fields in order.
#[derive(Debug, Clone)]
pub(in crate::server::store) struct PackedReader<'a>(&'a str);

impl<'a> PackedReader<'a> {
    pub(in crate::server::store) fn new(text: Option<&'a str>) -> Self {
        PackedReader(text.unwrap_or_default())
    }

    pub(in crate::server::store) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::server::store) fn number(&mut self) -> Result<i64, Error> {
        self.number_or_null()?.ok_or_else(damaged)
    }

    pub(in crate::server::store) fn number_or_null(&mut self) -> Result<Option<i64>, Error> {
        let (number, rest) = self.0.split_once(':').ok_or_else(damaged)?;
        self.0 = rest;
        if number.is_empty() { Ok(None) } else { number.parse().map(Some).map_err(Error::damaged) }
    }

    pub(in crate::server::store) fn text(&mut self) -> Result<&'a str, Error> {
        self.text_or_null()?.ok_or_else(damaged)
    }

    pub(in crate::server::store) fn text_or_null(&mut self) -> Result<Option<&'a str>, Error> {
        let Some(length) = self.number_or_null()? else { return Ok(None) };
        let length = usize::try_from(length).map_err(Error::damaged)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(Some(text))
    }
}

fn damaged() -> Error {
    Error::Damaged("rows that were fetched as one text cannot be told apart".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::Db;

    #[tokio::test]
    async fn any_text_comes_back_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", directory.path().display())).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let names = ["", "a:b", "3:xyz", "Łódź 0", "line\nbreak", "'\u{1f}\u{1e}\""];
        for (name, id) in names.into_iter().zip(1i64..) {
            let sql = "insert into tracks (id, uuid, name, release_day) values ($1, $2, $3, $4)";
            let release = (id != 1).then_some(-id);
            let insert = sqlx::query(sql).bind(id).bind(id.to_string()).bind(name).bind(release);
            insert.execute(&mut *tx).await.unwrap();
        }
        let joined = pack_columns(&[
            Column::Number("release_day"),
            Column::Text("name"),
            Column::Text("isrc"),
            Column::Number("id"),
        ]);
        let sql = format!("select {joined} from tracks");
        let text: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *tx).await.unwrap();
        let mut fields = PackedReader::new(text.as_deref());
        let mut found = Vec::new();
        while !fields.is_at_end() {
            let (release, name) = (fields.number_or_null().unwrap(), fields.text().unwrap());
            assert_eq!(fields.text_or_null().unwrap(), None);
            let id = fields.number().unwrap();
            assert_eq!(release, (id != 1).then_some(-id));
            found.push((id, name));
        }
        found.sort_unstable();
        assert_eq!(found, (1..).zip(names).collect::<Vec<_>>());
        assert!(
            PackedReader::new(Some("5:abc")).text().is_err()
                && PackedReader::new(Some("x:")).number().is_err()
        );
    }
}
