//! Shared by all statements: connections, conversion of stored values, lists of literals, batched inserts.

pub(crate) mod bulk;
pub mod ids;
pub(crate) mod packed_rows;

use crate::domain::Day;
use crate::server::error::Error;

pub type Conn = sqlx::AnyConnection;

pub(in crate::server::store) type Transaction = sqlx::Transaction<'static, sqlx::Any>;

/// Rows per statement.
pub(in crate::server::store) const ROWS_AT_ONCE: usize = 500;

pub(in crate::server::store) fn is_postgres(conn: &Conn) -> bool {
    conn.backend_name() == "PostgreSQL"
}

pub(in crate::server::store) fn day(number: i64) -> Result<Day, Error> {
    Day::from_number(number).map_err(Error::damaged)
}

/// Parses a stored enum, UUID or similar value.
pub(in crate::server::store) fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
) -> Result<T, Error> {
    text.parse().map_err(Error::damaged)
}

/// Converts a stored number that is small and not negative.
pub(in crate::server::store) fn small(number: i64) -> Result<u32, Error> {
    number.try_into().map_err(Error::damaged)
}

/// Numbers as literals for `in (...)`: arrays are not portable, and literals let a distributed database select the
/// nodes. `null` if empty.
pub(in crate::server::store) fn list(numbers: impl IntoIterator<Item = i64>) -> String {
    let mut list = String::new();
    for number in numbers {
        if !list.is_empty() {
            list.push(',');
        }
        list += &number.to_string();
    }
    if list.is_empty() { "null".to_owned() } else { list }
}

/// Parameters for `in (...)`, starting at `$first`.
pub(in crate::server::store) fn parameters(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(",")
}

/// Rows of numbers as literals for `values ...`.
pub(in crate::server::store) fn rows<const COLUMNS: usize>(
    rows: impl Iterator<Item = [i64; COLUMNS]>,
) -> String {
    rows.map(|row| format!("({})", list(row))).collect::<Vec<_>>().join(",")
}

pub(in crate::server::store) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
