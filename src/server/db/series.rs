//! The read model: one row a track, with its observations on every platform worked out (S1 to S6, S11)
//! and the days that the provider was asked for. A report reads one row a track and no observation.
//! Written in the transaction of the observations, never a second truth: `rebuild` makes the same bytes.

use std::collections::HashMap;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use super::joined::Column::Number;
use super::joined::{self, Fields, joined};
use super::many::{self, Value};
use super::{Conn, list};
use crate::domain::Day;
use crate::domain::pair::PairDigest;
use crate::domain::report::{PairEvidence, Pairs};
use crate::domain::series::{self, packed};
use crate::domain::varint::{Reader, put, put_signed};
use crate::server::error::Error;

/// The layout's number, first in every row; a row of another layout must be rebuilt.
const LAYOUT: u64 = 1;
const DIGEST: usize = 16;

/// A track's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackSeries {
    /// The track's number.
    pub track_id: i64,
    /// Tells the row from every other that the track may have had.
    pub(super) digest: i64,
    packed: Bytes,
}

/// A track on a platform, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredPair<'a> {
    /// The platform's number.
    pub platform_id: i64,
    /// The digest of the observations, and [`crate::domain::series::pack`]'s bytes; `None` where there is
    /// no observation.
    pub worked_out: Option<(PairDigest, &'a [u8])>,
    /// What the provider was asked for: runs of days, in order, not touching.
    pub windows: Vec<(Day, Day)>,
}

impl TrackSeries {
    /// The track on each platform about which something is stored, in order of the platforms' numbers; it shares the
    /// row's bytes.
    ///
    /// # Errors
    /// A row that is damaged or of another layout.
    pub fn evidence(&self) -> Result<Pairs, Error> {
        let pair = |pair: StoredPair<'_>| {
            let worked_out = match pair.worked_out {
                Some((digest, packed)) => {
                    let packed = series::read(&self.packed.slice_ref(packed)).map_err(Error::damaged)?;
                    Some((digest, packed))
                }
                None => None,
            };
            Ok((pair.platform_id, PairEvidence { worked_out, windows: pair.windows }))
        };
        unpack(&self.packed)?.into_iter().map(pair).collect()
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) fn into_packed(self) -> Vec<u8> {
        self.packed.into()
    }
}

/// The rows of these tracks, in no particular order; a track about which nothing is stored has none. Digest and bytes
/// come from one statement: over several machines, two statements may see two states.
pub async fn of_tracks(conn: &mut Conn, tracks: &[i64]) -> Result<Vec<TrackSeries>, Error> {
    let sql = format!(
        "select track_id, digest, packed from series where track_id in ({})",
        list(tracks.iter().copied())
    );
    let rows: Vec<(i64, i64, Vec<u8>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    let row = |(track_id, digest, packed): (i64, i64, Vec<u8>)| TrackSeries {
        track_id,
        digest,
        packed: packed.into(),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The digests of the rows of these tracks, by track.
pub(super) async fn digests(conn: &mut Conn, tracks: &[i64]) -> Result<HashMap<i64, i64>, Error> {
    let sql = format!(
        "select {} from series where track_id in ({})",
        joined(&[Number("track_id"), Number("digest")]),
        list(tracks.iter().copied())
    );
    let text = joined::text(conn, sql).await?;
    let mut fields = Fields::of(text.as_deref());
    let mut digests = HashMap::with_capacity(tracks.len());
    while !fields.is_at_end() {
        digests.insert(fields.number()?, fields.number()?);
    }
    Ok(digests)
}

/// Tells a row from every other that the track may have had.
fn digest(packed: &[u8]) -> i64 {
    let digest = Sha256::digest(packed);
    i64::from_le_bytes(std::array::from_fn(|index| digest[index]))
}

/// What a database's rows were made by: another layout of them, or of the series in them, asks for a rebuild.
pub(super) fn layout() -> String {
    format!("{LAYOUT}.{}", packed::LAYOUT)
}

/// Replaces the rows of tracks.
pub(super) async fn replace(conn: &mut Conn, tracks: &[(i64, &[u8])]) -> Result<(), Error> {
    let rows: Vec<_> = tracks
        .iter()
        .map(|&(track_id, packed)| {
            [Value::Number(track_id), Value::Number(digest(packed)), Value::Bytes(packed)]
        })
        .collect();
    many::insert(
        conn,
        "series (track_id, digest, packed)",
        "on conflict (track_id) do update set digest = excluded.digest, packed = excluded.packed",
        &rows,
    )
    .await
    .map(drop)
}

/// Removes a track's row.
pub(super) async fn remove(conn: &mut Conn, track_id: i64) -> Result<(), Error> {
    sqlx::query("delete from series where track_id = $1").bind(track_id).execute(conn).await?;
    Ok(())
}

/// Packs what is stored about a track, in order of the platforms' numbers.
pub(super) fn pack(pairs: &[StoredPair<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, LAYOUT);
    put(&mut out, pairs.len() as u64);
    for pair in pairs {
        put_signed(&mut out, pair.platform_id);
        put(&mut out, pair.windows.len() as u64);
        for &(from, to) in &pair.windows {
            put_signed(&mut out, from.number().into());
            put_signed(&mut out, (to - from).into());
        }
        match pair.worked_out {
            Some((digest, packed)) => {
                put(&mut out, (DIGEST + packed.len()) as u64);
                out.extend_from_slice(&digest.0);
                out.extend_from_slice(packed);
            }
            None => put(&mut out, 0),
        }
    }
    out
}

fn unpack(bytes: &[u8]) -> Result<Vec<StoredPair<'_>>, Error> {
    let mut reader = Reader::new(bytes);
    read(&mut reader).ok_or_else(|| {
        Error::Damaged(
            "a row of series is damaged or of another version: run `music-analytics rebuild`".to_owned(),
        )
    })
}

/// What is stored about a track that may have no row yet.
pub(super) fn unpack_or_none(bytes: &[u8]) -> Result<Vec<StoredPair<'_>>, Error> {
    if bytes.is_empty() { Ok(Vec::new()) } else { unpack(bytes) }
}

/// The platform's entry, made in its place if there is none.
pub(super) fn entry<'p, 'b>(pairs: &'p mut Vec<StoredPair<'b>>, platform_id: i64) -> &'p mut StoredPair<'b> {
    let place = pairs.binary_search_by_key(&platform_id, |pair| pair.platform_id).unwrap_or_else(|place| {
        pairs.insert(place, StoredPair { platform_id, worked_out: None, windows: Vec::new() });
        place
    });
    &mut pairs[place]
}

fn read<'a>(reader: &mut Reader<'a>) -> Option<Vec<StoredPair<'a>>> {
    if reader.get()? != LAYOUT {
        return None;
    }
    let count = reader.get_count()?;
    let mut pairs = Vec::with_capacity(count);
    for _ in 0..count {
        let platform_id = reader.get_signed()?;
        let runs = reader.get_count()?;
        let mut windows = Vec::with_capacity(runs);
        for _ in 0..runs {
            let from = reader.get_signed()?;
            let to = from.checked_add(reader.get_signed()?)?;
            windows.push((Day::from_number(from).ok()?, Day::from_number(to).ok()?));
        }
        let length = reader.get_count()?;
        let worked_out = match length {
            0 => None,
            _ => {
                let (digest, packed) = reader.get_bytes(length)?.split_first_chunk::<DIGEST>()?;
                Some((PairDigest(*digest), packed))
            }
        };
        pairs.push(StoredPair { platform_id, worked_out, windows });
    }
    reader.is_at_end().then_some(pairs)
}

/// Adds days to runs of days that are in order and do not touch.
pub(super) fn unite(windows: &mut Vec<(Day, Day)>, new: &[(Day, Day)]) {
    windows.extend_from_slice(new);
    windows.sort_unstable();
    windows.dedup_by(|later, earlier| {
        let touches = later.0 - earlier.1 <= 1;
        if touches {
            earlier.1 = earlier.1.max(later.1);
        }
        touches
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: i64) -> Day {
        Day::from_number(number).unwrap()
    }

    #[test]
    fn rows_round_trip() {
        let digest = PairDigest([7; 16]);
        let pairs = [
            StoredPair { platform_id: 1, worked_out: Some((digest, &[1, 2, 3])), windows: vec![] },
            StoredPair {
                platform_id: 2,
                worked_out: None,
                windows: vec![(day(-5), day(9)), (day(20), day(20))],
            },
            StoredPair { platform_id: 300, worked_out: Some((digest, &[])), windows: vec![(day(1), day(2))] },
        ];
        assert_eq!(unpack(&pack(&pairs)).unwrap(), pairs);
        assert!(unpack(&[]).is_err() && unpack(&[2, 0]).is_err());
    }

    #[test]
    fn windows_unite_where_they_touch() {
        let mut windows = vec![(day(10), day(12)), (day(20), day(22))];
        unite(&mut windows, &[(day(13), day(14)), (day(16), day(18)), (day(1), day(2)), (day(17), day(17))]);
        assert_eq!(windows, [(day(1), day(2)), (day(10), day(14)), (day(16), day(18)), (day(20), day(22))]);
    }

    proptest! {
        #[test]
        fn damage_is_an_error_and_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }
    }
}
