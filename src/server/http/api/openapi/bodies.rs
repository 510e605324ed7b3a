//! Request bodies and events in the document. `api/body.rs` reads the same names; a test sends all of them.

use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::query::Country;
use crate::domain::{ArtistId, Day, Month};

/// What to fetch: the days of either `month` or `from` and `to`.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"artists": ["11e81bcc-9c1c-ce38-b96b-a0369fe50396"], "month": "2026-09"}))]
#[expect(dead_code, reason = "read by the document only")]
pub struct SyncRequest {
    /// Whose tracks, at most 200.
    #[schema(min_items = 1, max_items = 200)]
    artists: Vec<ArtistId>,
    /// The calendar month.
    #[schema(nullable = false)]
    month: Option<Month>,
    /// The first day, together with `to`.
    #[schema(nullable = false)]
    from: Option<Day>,
    /// The last day, at most 366 days in all.
    #[schema(nullable = false)]
    to: Option<Day>,
    /// Codes of platforms, none of them empty; without them, all that are enabled.
    #[schema(nullable = false)]
    platforms: Option<Vec<String>>,
    /// Also fetches the charts of this country.
    #[schema(nullable = false)]
    country: Option<Country>,
    /// Whether to fetch again what was fetched before.
    #[schema(nullable = false)]
    refresh: Option<bool>,
}

/// An artist to add.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"uuid": "11e81bcc-9c1c-ce38-b96b-a0369fe50396"}))]
#[expect(dead_code, reason = "read by the document only")]
pub struct NewArtist {
    /// The artist's Soundcharts UUID.
    uuid: Uuid,
}

/// Which artist of the provider it is: exactly one of the three.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"spotify_id": "6XyY86QOPPrYVGvF9ch6wz"}), min_properties = 1, max_properties = 1)]
#[expect(dead_code, reason = "read by the document only")]
pub struct ArtistLink {
    /// The artist's Soundcharts UUID.
    #[schema(nullable = false)]
    uuid: Option<Uuid>,
    /// The artist's id on Spotify: 22 letters and digits.
    #[schema(nullable = false, min_length = 22, max_length = 22, pattern = "^[0-9A-Za-z]{22}$")]
    spotify_id: Option<String>,
    /// The ISRC of a recording of the artist: 12 letters and digits, with or without hyphens.
    #[schema(nullable = false, min_length = 12, max_length = 15, pattern = "^-*([0-9A-Za-z]-*){12}$")]
    isrc: Option<String>,
}

/// An event of a sync, by the names that a stream of events has for its parts.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by the document only")]
pub struct ProgressEvent {
    /// What it is about.
    #[schema(pattern = "^progress$")]
    event: String,
    /// How far the sync is: a `SyncStatus` as JSON.
    #[schema(content_media_type = "application/json")]
    data: String,
}
