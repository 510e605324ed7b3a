//! Known tracks, artists, platforms and charts, which lines may reference. Held in memory: about 50 bytes per
//! track or artist.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::{Level, Metric};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::tables::charts::{self, StoredChart};
use crate::server::store::tables::platforms::{self, Platform};
use crate::server::store::tables::{artists, tracks};

/// Rows that lines may reference.
#[derive(Debug, Default)]
pub struct ExistingRows {
    /// Track ids by UUID.
    pub tracks: HashMap<Uuid, i64>,
    /// Artist ids by UUID.
    pub artists: HashMap<Uuid, i64>,
    /// The platform registry.
    pub platforms: Vec<Platform>,
    /// Charts by slug.
    pub charts: HashMap<String, StoredChart>,
}

impl ExistingRows {
    /// Loads what files of this kind may reference.
    pub async fn load(conn: &mut Conn, kind: FileKind) -> Result<Self, Error> {
        use crate::domain::catalogue::file_kind::FileKind as K;
        let mut known = ExistingRows::default();
        if matches!(kind, K::TrackArtists | K::Observations | K::FetchedWindows | K::ChartEntries) {
            known.tracks = tracks::numbers(conn).await?;
        }
        if matches!(kind, K::TrackArtists | K::ArtistObservations) {
            known.artists = artists::numbers(conn).await?;
        }
        if !matches!(kind, K::Artists | K::Tracks | K::TrackArtists) {
            known.platforms = platforms::registry(conn).await?;
        }
        if kind == K::ChartEntries {
            known.charts = charts::all(conn).await?;
        }
        Ok(known)
    }

    pub fn track(&self, uuid: Uuid) -> Result<i64, String> {
        let number = self.tracks.get(&uuid).copied();
        number.ok_or_else(|| format!("there is no track {uuid}: import a tracks file with it first"))
    }

    pub fn artist(&self, uuid: Uuid) -> Result<i64, String> {
        let number = self.artists.get(&uuid).copied();
        number.ok_or_else(|| format!("there is no artist {uuid}: import an artists file with it first"))
    }

    pub fn platform(&self, code: &str) -> Result<&Platform, String> {
        let platform = self.platforms.iter().find(|platform| platform.code == code);
        platform
            .ok_or_else(|| format!("there is no platform \"{code}\": import a platforms file with it first"))
    }

    /// The id of a platform with a known kind of track values.
    pub fn track_platform(&self, code: &str) -> Result<i64, String> {
        let platform = self.platform(code)?;
        platform.reading().map(|_| platform.id).ok_or_else(|| {
            format!("the registry does not say what {code} measures of tracks: import a platforms file that does first")
        })
    }

    /// The id of a platform with this artist metric.
    pub fn artist_platform(&self, code: &str, metric: Metric) -> Result<i64, String> {
        let platform = self.platform(code)?;
        platform.metric(Level::Artist, metric).map(|_| platform.id).ok_or_else(|| {
            format!(
                "the registry has no {metric} of artists on {code}: import a platforms file that does first"
            )
        })
    }
}
