//! The read model: one row per track with its derived series on every platform (S1 to S6, S11) and the days
//! that were fetched. A report reads one row per track and no observations. Rows are written in the
//! transaction of the observations, and `rebuild` reproduces them byte for byte.

use std::collections::HashMap;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use crate::domain::Day;
use crate::domain::report::{EvidenceByPlatform, TrackPlatformEvidence};
use crate::domain::series::track_platform::EvidenceDigest;
use crate::domain::series::varint::{Reader, put, put_signed};
use crate::domain::series::{self, packed};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::bulk::{self, Value};
use crate::server::store::sql::list;
use crate::server::store::sql::packed_rows::Column::Number;
use crate::server::store::sql::packed_rows::{self, PackedReader, pack_columns};

/// Layout version, the first byte of every row. Rows of other layouts must be rebuilt.
const LAYOUT: u64 = 1;
const DIGEST_LEN: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackSeries {
    pub track_id: i64,
    /// Digest of the row's contents.
    pub(in crate::server::store) digest: i64,
    packed: Bytes,
}

/// A track on a platform, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server::store) struct StoredTrackPlatform<'a> {
    pub platform_id: i64,
    /// Digest of the observations, and the bytes of [`crate::domain::series::pack`]; `None` without
    /// observations.
    pub worked_out: Option<(EvidenceDigest, &'a [u8])>,
    /// Days fetched from the provider: sorted, disjoint runs.
    pub windows: Vec<(Day, Day)>,
}

impl TrackSeries {
    /// The track's stored platforms by platform id; borrows the bytes of the row.
    ///
    /// # Errors
    /// If the row is damaged or of another layout.
    pub fn evidence(&self) -> Result<EvidenceByPlatform, Error> {
        let pair = |pair: StoredTrackPlatform<'_>| {
            let worked_out = match pair.worked_out {
                Some((digest, packed)) => {
                    let packed =
                        series::parse_packed(&self.packed.slice_ref(packed)).map_err(Error::damaged)?;
                    Some((digest, packed))
                }
                None => None,
            };
            Ok((pair.platform_id, TrackPlatformEvidence { derived: worked_out, windows: pair.windows }))
        };
        unpack(&self.packed)?.into_iter().map(pair).collect()
    }

    pub(in crate::server::store) fn len(&self) -> usize {
        self.packed.len()
    }

    pub(in crate::server::store) fn into_packed(self) -> Vec<u8> {
        self.packed.into()
    }
}

/// Rows of the given tracks, in no particular order; tracks without stored data have none. Digests and bytes
/// come from one statement, because over several nodes two statements may see different states.
pub async fn for_tracks(conn: &mut Conn, tracks: &[i64]) -> Result<Vec<TrackSeries>, Error> {
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

/// Row digests by track.
pub(in crate::server::store) async fn digests(
    conn: &mut Conn,
    tracks: &[i64],
) -> Result<HashMap<i64, i64>, Error> {
    let sql = format!(
        "select {} from series where track_id in ({})",
        pack_columns(&[Number("track_id"), Number("digest")]),
        list(tracks.iter().copied())
    );
    let text = packed_rows::text(conn, sql).await?;
    let mut fields = PackedReader::new(text.as_deref());
    let mut digests = HashMap::with_capacity(tracks.len());
    while !fields.is_at_end() {
        digests.insert(fields.number()?, fields.number()?);
    }
    Ok(digests)
}

/// Digest of a row's contents.
fn digest(packed: &[u8]) -> i64 {
    let digest = Sha256::digest(packed);
    i64::from_le_bytes(std::array::from_fn(|index| digest[index]))
}

/// Version of the code that made the rows of a database: a change of the layout or of the series in it
/// requires a rebuild.
pub(in crate::server::store) fn layout_version() -> String {
    format!("{LAYOUT}.{}", packed::LAYOUT)
}

/// Replaces the rows of tracks.
pub(in crate::server::store) async fn replace(conn: &mut Conn, tracks: &[(i64, &[u8])]) -> Result<(), Error> {
    let rows: Vec<_> = tracks
        .iter()
        .map(|&(track_id, packed)| {
            [Value::Number(track_id), Value::Number(digest(packed)), Value::Bytes(packed)]
        })
        .collect();
    bulk::insert(
        conn,
        "series (track_id, digest, packed)",
        "on conflict (track_id) do update set digest = excluded.digest, packed = excluded.packed",
        &rows,
    )
    .await
    .map(drop)
}

pub(in crate::server::store) async fn remove(conn: &mut Conn, track_id: i64) -> Result<(), Error> {
    sqlx::query("delete from series where track_id = $1").bind(track_id).execute(conn).await?;
    Ok(())
}

/// Packs the stored data of a track, by platform id.
pub(in crate::server::store) fn pack(pairs: &[StoredTrackPlatform<'_>]) -> Vec<u8> {
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
                put(&mut out, (DIGEST_LEN + packed.len()) as u64);
                out.extend_from_slice(&digest.0);
                out.extend_from_slice(packed);
            }
            None => put(&mut out, 0),
        }
    }
    out
}

fn unpack(bytes: &[u8]) -> Result<Vec<StoredTrackPlatform<'_>>, Error> {
    let mut reader = Reader::new(bytes);
    read(&mut reader).ok_or_else(|| {
        Error::Damaged(
            "a row of series is damaged or of another version: run `music-analytics rebuild`".to_owned(),
        )
    })
}

/// Stored data of a track, empty if there is no row yet.
pub(in crate::server::store) fn unpack_or_empty(bytes: &[u8]) -> Result<Vec<StoredTrackPlatform<'_>>, Error> {
    if bytes.is_empty() { Ok(Vec::new()) } else { unpack(bytes) }
}

/// Returns the platform's entry, inserting it in order if missing.
pub(in crate::server::store) fn platform_entry<'p, 'b>(
    pairs: &'p mut Vec<StoredTrackPlatform<'b>>,
    platform_id: i64,
) -> &'p mut StoredTrackPlatform<'b> {
    let place = pairs.binary_search_by_key(&platform_id, |pair| pair.platform_id).unwrap_or_else(|place| {
        pairs.insert(place, StoredTrackPlatform { platform_id, worked_out: None, windows: Vec::new() });
        place
    });
    &mut pairs[place]
}

fn read<'a>(reader: &mut Reader<'a>) -> Option<Vec<StoredTrackPlatform<'a>>> {
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
                let (digest, packed) = reader.get_bytes(length)?.split_first_chunk::<DIGEST_LEN>()?;
                Some((EvidenceDigest(*digest), packed))
            }
        };
        pairs.push(StoredTrackPlatform { platform_id, worked_out, windows });
    }
    reader.is_at_end().then_some(pairs)
}

/// Adds days to sorted, disjoint runs.
pub(in crate::server::store) fn merge_runs(windows: &mut Vec<(Day, Day)>, new: &[(Day, Day)]) {
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
        let digest = EvidenceDigest([7; 16]);
        let pairs = [
            StoredTrackPlatform { platform_id: 1, worked_out: Some((digest, &[1, 2, 3])), windows: vec![] },
            StoredTrackPlatform {
                platform_id: 2,
                worked_out: None,
                windows: vec![(day(-5), day(9)), (day(20), day(20))],
            },
            StoredTrackPlatform {
                platform_id: 300,
                worked_out: Some((digest, &[])),
                windows: vec![(day(1), day(2))],
            },
        ];
        assert_eq!(unpack(&pack(&pairs)).unwrap(), pairs);
        assert!(unpack(&[]).is_err() && unpack(&[2, 0]).is_err());
    }

    #[test]
    fn windows_unite_where_they_touch() {
        let mut windows = vec![(day(10), day(12)), (day(20), day(22))];
        merge_runs(
            &mut windows,
            &[(day(13), day(14)), (day(16), day(18)), (day(1), day(2)), (day(17), day(17))],
        );
        assert_eq!(windows, [(day(1), day(2)), (day(10), day(14)), (day(16), day(18)), (day(20), day(22))]);
    }

    proptest! {
        #[test]
        fn damage_is_an_error_and_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }
    }
}
