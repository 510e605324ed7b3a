//! Days on which a later delivery confirmed an imported value. See [`crate::server::store::undo::history`].

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

use crate::domain::Day;
use crate::domain::series::varint::{Reader, put as put_number, put_signed};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{day, list};

/// Days by the fetch that confirmed them.
pub(in crate::server::store) type DaysByFetch = BTreeMap<i64, BTreeSet<Day>>;

/// A table of confirmations and its key columns.
#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) struct ConfirmationTable {
    name: &'static str,
    subject: &'static str,
    label: &'static str,
}

/// Confirmations of tracks, by identifier.
pub(in crate::server::store) const OF_TRACKS: ConfirmationTable =
    ConfirmationTable { name: "confirmations", subject: "track_id", label: "identifier" };
/// Confirmations of artists, by metric.
pub(in crate::server::store) const OF_ARTISTS: ConfirmationTable =
    ConfirmationTable { name: "artist_confirmations", subject: "artist_id", label: "metric" };

/// Records that a fetch confirmed imported values of these days.
pub(in crate::server::store) async fn add(
    conn: &mut Conn,
    table: ConfirmationTable,
    (subject, platform, label): (i64, i64, &str),
    fetch_id: i64,
    days: &[Day],
) -> Result<(), Error> {
    if days.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "select days from {} where {} = $1 and platform_id = $2 and {} = $3 and fetch_id = $4",
        table.name, table.subject, table.label
    );
    let stored: Option<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(subject)
        .bind(platform)
        .bind(label)
        .bind(fetch_id)
        .fetch_optional(&mut *conn)
        .await?;
    let mut all = stored.map_or_else(|| Ok(BTreeSet::new()), |bytes| unpack(&bytes))?;
    all.extend(days);
    put(conn, table, (subject, platform, label), fetch_id, &all).await
}

/// Replaces the days that a fetch confirmed.
pub(in crate::server::store) async fn put(
    conn: &mut Conn,
    ConfirmationTable { name, subject: subject_column, label: label_column }: ConfirmationTable,
    (subject, platform, label): (i64, i64, &str),
    fetch_id: i64,
    days: &BTreeSet<Day>,
) -> Result<(), Error> {
    let sql = format!(
        "insert into {name} ({subject_column}, platform_id, {label_column}, fetch_id, days) values ($1, $2, $3, $4, $5)
         on conflict ({subject_column}, platform_id, {label_column}, fetch_id) do update set days = excluded.days"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(subject)
        .bind(platform)
        .bind(label)
        .bind(fetch_id)
        .bind(pack(days))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the confirmations of a track or artist on a platform.
pub(in crate::server::store) async fn remove(
    conn: &mut Conn,
    table: ConfirmationTable,
    (subject, platform, label): (i64, i64, &str),
) -> Result<(), Error> {
    let sql = format!(
        "delete from {} where {} = $1 and platform_id = $2 and {} = $3",
        table.name, table.subject, table.label
    );
    sqlx::query(AssertSqlSafe(sql)).bind(subject).bind(platform).bind(label).execute(conn).await?;
    Ok(())
}

/// Confirmations of these tracks or artists, by subject, platform and label.
pub(in crate::server::store) async fn load(
    conn: &mut Conn,
    table: ConfirmationTable,
    subjects: &[i64],
) -> Result<BTreeMap<(i64, i64, String), DaysByFetch>, Error> {
    let ConfirmationTable { name, subject, label } = table;
    let sql = format!(
        "select {subject}, platform_id, {label}, fetch_id, days from {name} where {subject} in ({})",
        list(subjects.iter().copied())
    );
    let rows: Vec<(i64, i64, String, i64, Vec<u8>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    let mut all: BTreeMap<_, DaysByFetch> = BTreeMap::new();
    for (subject, platform, label, fetch, days) in rows {
        all.entry((subject, platform, label)).or_default().insert(fetch, unpack(&days)?);
    }
    Ok(all)
}

/// Packs runs of days: distance from the previous run, and length.
fn pack(days: &BTreeSet<Day>) -> Vec<u8> {
    let days: Vec<Day> = days.iter().copied().collect();
    let mut out = Vec::new();
    let mut before = 0;
    for run in days.chunk_by(|a, b| *b - *a == 1) {
        put_signed(&mut out, i64::from(run[0].number()) - before);
        put_number(&mut out, run.len() as u64);
        before = i64::from(run[run.len() - 1].number());
    }
    out
}

fn unpack(bytes: &[u8]) -> Result<BTreeSet<Day>, Error> {
    let damaged = || Error::Damaged("confirmed days cannot be read".to_owned());
    let mut reader = Reader::new(bytes);
    let (mut days, mut before) = (BTreeSet::new(), 0i64);
    while !reader.is_at_end() {
        let first = reader.get_signed().and_then(|step| before.checked_add(step)).ok_or_else(damaged)?;
        let count = reader.get().and_then(|count| i64::try_from(count).ok()).ok_or_else(damaged)?;
        let (from, to) = (day(first)?, day(first.checked_add(count - 1).ok_or_else(damaged)?)?);
        days.extend(from.up_to(to));
        before = i64::from(to.number());
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_round_trip(days in proptest::collection::btree_set(-20_000i32..40_000, 0..60)) {
            let days: BTreeSet<Day> = days.into_iter().map(|day| Day::EPOCH + day).collect();
            prop_assert_eq!(unpack(&pack(&days)).unwrap(), days);
        }

        #[test]
        fn damage_is_an_error_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let _ = unpack(&bytes);
        }
    }
}
