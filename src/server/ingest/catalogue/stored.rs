//! Loads a whole catalogue from a database.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::catalogue::{
    ArtistObservations, Catalogue, Chart, ChartEntry, Frequency, TrackArtist, TrackObservations,
};
use crate::domain::{ArtistId, Day};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::observations::{artist_observations, packed};
use crate::server::store::tables::{artists, platforms, tracks};

/// Loads everything except fetched windows, sorted. Tracks without an artist are skipped, because they cannot be
/// reached.
pub async fn catalogue(conn: &mut Conn) -> Result<Catalogue, Error> {
    let numbers: Vec<i64> = artists::numbers_by_key(conn).await?.into_values().collect();
    let ids: Vec<ArtistId> = numbers.iter().copied().map(ArtistId::Local).collect();
    let mut stored_artists = artists::by_ids(conn, &ids).await?;
    stored_artists.sort_by_key(|artist| artist.id);
    let stored_tracks = tracks::for_artists(conn, &numbers).await?;
    let registry = platforms::registry(conn).await?;
    let codes: HashMap<i64, String> =
        registry.into_iter().map(|platform| (platform.id, platform.code)).collect();
    let uuids: HashMap<i64, Uuid> = stored_tracks.iter().map(|track| (track.id, track.track.uuid)).collect();
    let mut catalogue = Catalogue {
        observations: observations(conn, &uuids, &codes).await?,
        artist_observations: of_artists(conn, &stored_artists, &codes).await?,
        ..Catalogue::default()
    };
    charts(conn, &mut catalogue, &uuids, &codes).await?;
    let keys: HashMap<i64, _> =
        stored_artists.iter().map(|artist| (artist.id, artist.artist.key())).collect();
    for track in stored_tracks {
        let track_uuid = track.track.uuid;
        let parts =
            track.artists.iter().filter_map(|part| Some((keys.get(&part.artist)?.clone(), part.role)));
        catalogue.track_artists.extend(parts.map(|(artist, role)| TrackArtist { track_uuid, artist, role }));
        catalogue.tracks.push(track.track);
    }
    catalogue.artists = stored_artists.into_iter().map(|artist| artist.artist).collect();
    Ok(catalogue)
}

async fn observations(
    conn: &mut Conn,
    uuids: &HashMap<i64, Uuid>,
    codes: &HashMap<i64, String>,
) -> Result<Vec<TrackObservations>, Error> {
    let rows: Vec<(i64, i64, String, Vec<u8>)> = sqlx::query_as(
        "select track_id, platform_id, identifier, packed from observations order by track_id, platform_id, identifier",
    )
    .fetch_all(conn)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for (track_id, platform_id, identifier, bytes) in rows {
        let (Some(&track_uuid), Some(platform)) = (uuids.get(&track_id), codes.get(&platform_id)) else {
            continue;
        };
        let observations = packed::unpack(&bytes)?.into_iter().map(|fetched| fetched.observation).collect();
        all.push(TrackObservations { track_uuid, platform: platform.clone(), identifier, observations });
    }
    Ok(all)
}

async fn of_artists(
    conn: &mut Conn,
    stored: &[artists::StoredArtist],
    codes: &HashMap<i64, String>,
) -> Result<Vec<ArtistObservations>, Error> {
    let uuids: HashMap<i64, Uuid> = stored.iter().filter_map(|a| Some((a.id, a.artist.uuid?))).collect();
    let numbers: Vec<i64> = stored.iter().map(|artist| artist.id).collect();
    let series = artist_observations::of_artists(conn, &numbers, Day::MIN, Day::MAX).await?;
    let one = |series: artist_observations::ArtistSeries| {
        let (artist_uuid, platform) =
            (*uuids.get(&series.artist_id)?, codes.get(&series.platform_id)?.clone());
        let (metric, observations) = (series.metric, series.observations);
        Some(ArtistObservations { artist_uuid, platform, metric, observations })
    };
    Ok(series.into_iter().filter_map(one).collect())
}

/// Charts and their entries.
async fn charts(
    conn: &mut Conn,
    catalogue: &mut Catalogue,
    uuids: &HashMap<i64, Uuid>,
    codes: &HashMap<i64, String>,
) -> Result<(), Error> {
    type Row = (i64, String, String, i64, Option<String>, Option<String>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "select id, slug, name, platform_id, country_code, frequency, positions from charts order by id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut slugs = HashMap::new();
    for (id, slug, name, platform_id, country_code, frequency, positions) in rows {
        let frequency = frequency.map(|word| word.parse().map_err(Error::damaged)).transpose()?;
        slugs.insert(id, slug.clone());
        catalogue.charts.push(Chart {
            slug,
            name,
            platform: codes.get(&platform_id).cloned().unwrap_or_default(),
            country_code: country_code.unwrap_or_default(),
            frequency: frequency.unwrap_or(Frequency::Daily),
            // 0 if unknown: the lowest observed position then counts as the last.
            positions: positions.and_then(|positions| positions.try_into().ok()).unwrap_or(0),
        });
    }
    let rows: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
        "select chart_id, day, track_id, position from chart_entries order by chart_id, day, position",
    )
    .fetch_all(conn)
    .await?;
    for (chart_id, day, track_id, position) in rows {
        let (Some(slug), Some(&track_uuid)) = (slugs.get(&chart_id), uuids.get(&track_id)) else { continue };
        catalogue.chart_entries.push(ChartEntry {
            chart_slug: slug.clone(),
            date: Day::from_number(day).map_err(Error::damaged)?,
            track_uuid,
            position: position.try_into().map_err(Error::damaged)?,
        });
    }
    Ok(())
}
