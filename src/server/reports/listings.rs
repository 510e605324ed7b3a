//! Filter options: artists, platforms and countries, for the API and the form.

use crate::domain::query::listing::{ArtistItem, CountryItem, Listed, MetricItem, PlatformItem};
use crate::domain::{ArtistId, query};
use crate::server::error::Error;
use crate::server::store::read_model::ReadModel;
use crate::server::store::read_model::search::{self, ArtistMatch, Search};
use crate::server::store::tables::artists::{self, StoredArtist};
use crate::server::store::tables::{charts, platforms, track_artists};
use crate::server::store::{Conn, Db};

/// Artists with a matching name, best match first; all by name if `q` is empty. The cursor is the last artist of
/// the previous page.
///
/// # Errors
/// The cursor is not from this list.
pub async fn artists(
    db: &Db,
    q: &str,
    limit: u32,
    cursor: Option<&str>,
) -> Result<Listed<ArtistItem>, Error> {
    let not_given_out = |_| Error::invalid("cursor", "is not one that this list gave out");
    let after: Option<ArtistId> = cursor.map(str::parse).transpose().map_err(not_given_out)?;
    let found = search::artists(db, Search { text: q, after, limit: limit as usize }).await?;
    let next = found.next.map(|next| next.to_string());
    Ok(Listed { items: items(&found.artists), next })
}

/// The best matches, from the snapshot of a page.
pub async fn best_matches(state: &mut ReadModel<'_>, q: &str, limit: u32) -> Result<Vec<ArtistItem>, Error> {
    let search = Search { text: q, after: None, limit: limit as usize };
    Ok(items(&search::find(state, search).await?.artists))
}

/// The artists with most tracks.
pub async fn largest_artists(state: &mut ReadModel<'_>, limit: usize) -> Result<Vec<ArtistItem>, Error> {
    Ok(items(&search::largest(state, limit).await?))
}

fn items(found: &[ArtistMatch]) -> Vec<ArtistItem> {
    found.iter().map(|found| item(&found.artist, found.tracks)).collect()
}

/// These artists by name; unknown ids are skipped.
pub async fn artists_by_id(conn: &mut Conn, ids: &[ArtistId]) -> Result<Vec<ArtistItem>, Error> {
    let stored = artists::by_ids(conn, ids).await?;
    let numbers: Vec<i64> = stored.iter().map(|artist| artist.id).collect();
    let tracks = track_artists::tracks_of(conn, &numbers).await?;
    let counted = |artist: &StoredArtist| item(artist, tracks.get(&artist.id).copied().unwrap_or(0));
    let mut items: Vec<ArtistItem> = stored.iter().map(counted).collect();
    items.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(items)
}

fn item(stored: &StoredArtist, tracks: u32) -> ArtistItem {
    let (id, artist) = (stored.artist_id(), &stored.artist);
    let reason = artist.uuid.is_none().then(|| {
        "No Soundcharts UUID: its audience cannot be fetched or aggregated until it is linked to the provider's artist"
            .to_owned()
    });
    ArtistItem {
        id,
        uuid: artist.uuid,
        name: artist.name.clone(),
        country: artist.country_code.clone(),
        source: artist.source.as_str().to_owned(),
        selectable: artist.uuid.is_some(),
        reason,
        tracks,
        image_url: artist.image_url.clone(),
    }
}

/// The platform registry, in its order.
pub async fn platforms(conn: &mut Conn) -> Result<Vec<PlatformItem>, Error> {
    let registry = platforms::registry(conn).await?;
    let item = |platform: platforms::Platform| PlatformItem {
        code: platform.code,
        name: platform.name,
        metrics: platform
            .metrics
            .into_iter()
            .map(|metric| MetricItem {
                level: metric.level,
                metric: metric.metric,
                kind: metric.kind,
                unit: metric.unit,
                platform_type: metric.platform_type,
                mirrors: metric.mirrors,
                enabled: metric.enabled,
            })
            .collect(),
    };
    Ok(registry.into_iter().map(item).collect())
}

/// Countries with charts, by name.
pub async fn countries(conn: &mut Conn) -> Result<Vec<CountryItem>, Error> {
    let counts = charts::countries(conn).await?;
    let mut items: Vec<CountryItem> =
        counts.into_iter().map(|(code, charts)| CountryItem { code, name: name(code), charts }).collect();
    items.sort_by(|a, b| (&a.name, a.code).cmp(&(&b.name, b.code)));
    Ok(items)
}

/// The country's common English name, or its code if unknown.
fn name(code: query::Country) -> String {
    match code.as_str() {
        "GB" => return "United Kingdom".to_owned(),
        "US" => return "United States".to_owned(),
        "KR" => return "South Korea".to_owned(),
        "NL" => return "Netherlands".to_owned(),
        _ => {}
    }
    rust_iso3166::from_alpha2(code.as_str())
        .map_or_else(|| code.as_str().to_owned(), |country| country.name.to_owned())
}
