//! Days on which a later delivery said again what an import had said. See [`super::history`].

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

use super::artist_observations::ArtistSeries;
use super::{Conn, day, list};
use crate::domain::Day;
use crate::domain::varint::{Reader, put as put_number, put_signed};
use crate::server::error::Error;

/// Days by the fetch that confirmed them.
pub(super) type Confirmed = BTreeMap<i64, BTreeSet<Day>>;

/// Notes that a fetch said again what an import had said of a track's days.
pub(super) async fn put(
    conn: &mut Conn,
    track_id: i64,
    platform_id: i64,
    identifier: &str,
    fetch_id: i64,
    days: &[Day],
) -> Result<(), Error> {
    let stored: Option<Vec<u8>> = sqlx::query_scalar(
        "select days from confirmations where track_id = $1 and platform_id = $2 and identifier = $3 and fetch_id = $4",
    )
    .bind(track_id)
    .bind(platform_id)
    .bind(identifier)
    .bind(fetch_id)
    .fetch_optional(&mut *conn)
    .await?;
    let all = with(stored, days)?;
    sqlx::query(
        "insert into confirmations (track_id, platform_id, identifier, fetch_id, days) values ($1, $2, $3, $4, $5)
         on conflict (track_id, platform_id, identifier, fetch_id) do update set days = excluded.days",
    )
    .bind(track_id)
    .bind(platform_id)
    .bind(identifier)
    .bind(fetch_id)
    .bind(pack(&all))
    .execute(conn)
    .await?;
    Ok(())
}

/// The same for what was observed of an artist as a whole.
pub(super) async fn put_artist(
    conn: &mut Conn,
    series: &ArtistSeries,
    fetch_id: i64,
    days: &[Day],
) -> Result<(), Error> {
    if days.is_empty() {
        return Ok(());
    }
    let stored: Option<Vec<u8>> = sqlx::query_scalar(
        "select days from artist_confirmations
         where artist_id = $1 and platform_id = $2 and metric = $3 and fetch_id = $4",
    )
    .bind(series.artist_id)
    .bind(series.platform_id)
    .bind(series.metric.as_str())
    .bind(fetch_id)
    .fetch_optional(&mut *conn)
    .await?;
    let all = with(stored, days)?;
    sqlx::query(
        "insert into artist_confirmations (artist_id, platform_id, metric, fetch_id, days) values ($1, $2, $3, $4, $5)
         on conflict (artist_id, platform_id, metric, fetch_id) do update set days = excluded.days",
    )
    .bind(series.artist_id)
    .bind(series.platform_id)
    .bind(series.metric.as_str())
    .bind(fetch_id)
    .bind(pack(&all))
    .execute(conn)
    .await?;
    Ok(())
}

fn with(stored: Option<Vec<u8>>, days: &[Day]) -> Result<BTreeSet<Day>, Error> {
    let mut all = stored.map_or_else(|| Ok(BTreeSet::new()), |bytes| unpack(&bytes))?;
    all.extend(days);
    Ok(all)
}

/// The confirmations of these tracks, by track, platform and identifier.
pub(super) async fn of_tracks(
    conn: &mut Conn,
    tracks: &[i64],
) -> Result<BTreeMap<(i64, i64, String), Confirmed>, Error> {
    of(conn, "confirmations", "track_id", "identifier", tracks).await
}

/// The confirmations of these artists, by artist, platform and metric.
pub(super) async fn of_artists(
    conn: &mut Conn,
    artists: &[i64],
) -> Result<BTreeMap<(i64, i64, String), Confirmed>, Error> {
    of(conn, "artist_confirmations", "artist_id", "metric", artists).await
}

async fn of(
    conn: &mut Conn,
    table: &str,
    subject: &str,
    label: &str,
    subjects: &[i64],
) -> Result<BTreeMap<(i64, i64, String), Confirmed>, Error> {
    let sql = format!(
        "select {subject}, platform_id, {label}, fetch_id, days from {table} where {subject} in ({})",
        list(subjects.iter().copied())
    );
    let rows: Vec<(i64, i64, String, i64, Vec<u8>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    let mut all: BTreeMap<_, Confirmed> = BTreeMap::new();
    for (subject, platform, label, fetch, days) in rows {
        all.entry((subject, platform, label)).or_default().insert(fetch, unpack(&days)?);
    }
    Ok(all)
}

/// Runs of days: how far each begins behind the one before, and how long it is.
pub(super) fn pack(days: &BTreeSet<Day>) -> Vec<u8> {
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
        let mut at = from;
        while at <= to {
            days.insert(at);
            at = at + 1;
        }
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
