//! What is stored for the artists of a request, as input of the planner.

use std::sync::Arc;

use crate::domain::ArtistId;
use crate::domain::report::{EvidenceByPlatform, TrackFacts};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::observations::series;
use crate::server::store::read_model::ReadModel;
use crate::server::store::tables::artists::{self, StoredArtist};
use crate::server::store::tables::platforms::{self, Platform};
use crate::server::store::tables::tracks;

/// Artists with their tracks and observed days, from one state of the database.
#[derive(Debug)]
pub struct CatalogueSnapshot {
    /// Existing artists, in no particular order.
    pub artists: Vec<Arc<StoredArtist>>,
    pub registry: Arc<[Platform]>,
    /// Distinct track ids, sorted.
    pub tracks: Vec<(i64, Arc<TrackFacts>)>,
    /// Observed days of each track.
    pub pairs: Vec<EvidenceByPlatform>,
}

impl CatalogueSnapshot {
    /// Loads from a snapshot, cache included.
    pub async fn from_read_model(state: &mut ReadModel<'_>, ids: &[ArtistId]) -> Result<Self, Error> {
        let artists = state.artists(ids).await?;
        let registry = state.registry().await?;
        let tracks = state.tracks(&with_uuid(&artists)).await?;
        let numbers: Vec<i64> = tracks.iter().map(|(number, _)| *number).collect();
        let pairs = state.series(&numbers).await?;
        Ok(CatalogueSnapshot { artists, registry, tracks, pairs })
    }

    /// Loads in a write transaction.
    pub async fn read(conn: &mut Conn, ids: &[ArtistId]) -> Result<Self, Error> {
        let artists: Vec<_> = artists::by_ids(conn, ids).await?.into_iter().map(Arc::new).collect();
        let registry = platforms::registry(conn).await?.into();
        let stored = tracks::for_artists(conn, &with_uuid(&artists)).await?;
        let tracks: Vec<(i64, Arc<TrackFacts>)> =
            stored.into_iter().map(|track| (track.id, Arc::new(track.into_facts()))).collect();
        let numbers: Vec<i64> = tracks.iter().map(|(number, _)| *number).collect();
        let mut pairs: Vec<EvidenceByPlatform> =
            numbers.iter().map(|_| EvidenceByPlatform::from([])).collect();
        for row in series::for_tracks(conn, &numbers).await? {
            if let Ok(place) = numbers.binary_search(&row.track_id) {
                pairs[place] = row.evidence()?;
            }
        }
        Ok(CatalogueSnapshot { artists, registry, tracks, pairs })
    }
}

/// Ids of the artists with a UUID: only these can be fetched.
fn with_uuid(artists: &[Arc<StoredArtist>]) -> Vec<i64> {
    artists.iter().filter(|artist| artist.artist.uuid.is_some()).map(|artist| artist.id).collect()
}
