//! Values that a later fetch replaced. Delivered values are never lost.

use super::packed::{FetchedObservation, ReplacedObservation};
use crate::domain::series::Observation;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::bulk::{self, Value};
use crate::server::store::sql::day;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub platform_id: i64,
    /// The platform's own track id.
    pub identifier: String,
    /// The replaced value, and the fetch that replaced it.
    pub replaced: ReplacedObservation,
}

/// Stores replaced values. If one fetch delivers two values for a day, only the value of the earlier fetch is kept.
pub(super) async fn put(
    conn: &mut Conn,
    all: &[(i64, &(i64, String), &ReplacedObservation)],
) -> Result<(), Error> {
    let rows: Vec<_> = all
        .iter()
        .map(|&(track_id, (platform_id, identifier), replaced)| {
            [
                Value::Number(track_id),
                Value::Number(*platform_id),
                Value::Text(identifier),
                Value::Number(replaced.before.observation.day.number().into()),
                Value::Number(replaced.replaced_by),
                Value::Number(replaced.before.observation.value),
                Value::Number(replaced.before.fetch_id),
            ]
        })
        .collect();
    bulk::insert(
        conn,
        "revisions (track_id, platform_id, identifier, day, replaced_by, value, fetch_id)",
        "on conflict (track_id, platform_id, identifier, day, replaced_by) do nothing",
        &rows,
    )
    .await
    .map(drop)
}

/// All revisions of a track, by platform, identifier and day, earliest first.
pub async fn of_track(conn: &mut Conn, track_id: i64) -> Result<Vec<Revision>, Error> {
    let rows: Vec<(i64, String, i64, i64, i64, i64)> = sqlx::query_as(
        "select platform_id, identifier, day, replaced_by, value, fetch_id from revisions where track_id = $1
         order by platform_id, identifier, day, replaced_by",
    )
    .bind(track_id)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(platform_id, identifier, number, replaced_by, value, fetch_id)| {
            let before =
                FetchedObservation { observation: Observation { day: day(number)?, value }, fetch_id };
            Ok(Revision { platform_id, identifier, replaced: ReplacedObservation { before, replaced_by } })
        })
        .collect()
}
