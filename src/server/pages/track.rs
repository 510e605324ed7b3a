//! Assembles the track page: facts, and the audit of its numbers over a range, read in one transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::status::with_status;
use crate::domain::query::Parameters;
use crate::domain::registry::artist_id::parse_uuid;
use crate::domain::registry::platform::ReportPlatform;
use crate::domain::report::audit::audit;
use crate::domain::report::{
    Evidence, EvidenceByPlatform, Report, SelectedArtist, TrackArtist, TrackEvidence, TrackFacts, report,
};
use crate::domain::series::PackedTrackPlatform;
use crate::domain::{ArtistId, Day, Problem, Query, Range, Role};
use crate::server::base::clock::{rfc3339, today};
use crate::server::error::Error;
use crate::server::reports::report_platform;
use crate::server::state::context::Context;
use crate::server::store::Conn;
use crate::server::store::observations::revisions::{self, Revision};
use crate::server::store::observations::{self, StoredIdentifier, series};
use crate::server::store::tables::{fetches, identifiers, platforms, tracks};
use crate::view::Address;
use crate::view::analytics::syncing::format_timestamp;
use crate::view::forms::encoding::decode;
use crate::view::track::{ArtistLink, ObservationItem, PlatformAudit, TrackView};

/// Days shown on either side of the range, for steps across its edges.
const CONTEXT_DAYS: i32 = 7;

/// Data of the track page for its server function; sets the response status if there is no such page.
///
/// # Errors
/// Those of [`track`].
pub async fn page(context: &Context, uuid: &str, search: &str) -> Result<TrackView, Problem> {
    let view = match parse_uuid(uuid) {
        Some(uuid) => track(context, uuid, search).await,
        None => Err(Problem::new(404, "Not Found", format!("There is no track {uuid}."))),
    };
    with_status(view)
}

/// Data of the track page for a query string with `month`, or `from` and `to`.
///
/// # Errors
/// The track does not exist; invalid days; the database failed.
pub async fn track(context: &Context, uuid: Uuid, search: &str) -> Result<TrackView, Problem> {
    let today = today();
    let range = range_of(search, today)?;
    Ok(assemble(context, uuid, range, today).await?)
}

/// The range of a query string; by default the last complete month.
fn range_of(search: &str, today: Day) -> Result<Range, Problem> {
    let parameters = Parameters { artists: vec![Uuid::nil().to_string()], ..period_of(search, today) };
    let query: Query = parameters.check().map_err(Problem::bad_request)?;
    Ok(query.period.range())
}

/// The unvalidated period of a query string; by default the last complete month.
pub fn period_of(search: &str, today: Day) -> Parameters {
    let mut parameters = Parameters::default();
    for (name, value) in decode(search) {
        if ["month", "from", "to"].contains(&name.as_str()) && !value.is_empty() {
            parameters.set(&name, &value);
        }
    }
    if (&parameters.month, &parameters.from, &parameters.to) == (&None, &None, &None) {
        parameters.month = Some(Address::default_month(today).to_string());
    }
    parameters
}

async fn assemble(context: &Context, uuid: Uuid, range: Range, today: Day) -> Result<TrackView, Error> {
    let mut tx = context.db.read_report().await?;
    let stored = tracks::by_uuid(&mut tx, uuid).await?;
    let stored = stored.ok_or_else(|| Error::NotFound { what: "track", id: uuid.to_string() })?;
    let release = stored.track.release_date;
    let known = StoredSeries::of(&mut tx, stored.id).await?;
    let report = report_on(&known, release, range, today)?;
    let mut delivered = ProviderData::of(&mut tx, stored.id).await?;
    let mut platforms = Vec::with_capacity(known.platforms.len());
    for (platform, row) in known.platforms.iter().zip(report.platforms) {
        let series = known.on(platform).map_or_else(Vec::new, |pair| audit(pair.unpack(), release, range));
        platforms.push(PlatformAudit {
            identifiers: delivered.identifiers(platform.number),
            observations: delivered.observations(&mut tx, platform.number, range).await?,
            platform: row.platform,
            name: row.name,
            unit: row.unit,
            state: row.state,
            total: row.total,
            peak: row.peak,
            series,
        });
    }
    let names = stored.artists.iter().map(|artist| artist.name.as_str()).collect::<Vec<_>>().join(", ");
    Ok(TrackView {
        uuid,
        name: stored.track.name,
        credit: stored.track.credit_name.unwrap_or(names),
        artists: stored
            .artists
            .into_iter()
            .map(|artist| ArtistLink { id: artist.id.to_string(), name: artist.name })
            .collect(),
        isrc: stored.track.isrc,
        release,
        image_url: stored.track.image_url,
        today,
        from: range.from(),
        to: range.to(),
        platforms,
        days: report.days.unwrap_or_default(),
    })
}

/// Stored data of a track.
#[derive(Default)]
struct StoredSeries {
    /// Platforms that reports cover and that have data, in registry order.
    platforms: Vec<ReportPlatform>,
    pairs: EvidenceByPlatform,
}

impl StoredSeries {
    async fn of(conn: &mut Conn, track: i64) -> Result<Self, Error> {
        let registry = platforms::registry(conn).await?;
        let rows = series::for_tracks(conn, &[track]).await?;
        let Some(row) = rows.first() else { return Ok(StoredSeries::default()) };
        let pairs = row.evidence()?;
        let is_known = |platform: &ReportPlatform| pairs.iter().any(|(number, _)| *number == platform.number);
        let platforms =
            registry.iter().filter_map(|platform| report_platform(platform).ok()).filter(is_known);
        Ok(StoredSeries { platforms: platforms.collect(), pairs })
    }

    fn on(&self, platform: &ReportPlatform) -> Option<&PackedTrackPlatform> {
        let (_, pair) = self.pairs.iter().find(|(number, _)| *number == platform.number)?;
        pair.derived.as_ref().map(|(_, pair)| pair)
    }
}

/// A report on this track alone, so that the page shows the same figures as any other report.
fn report_on(known: &StoredSeries, release: Option<Day>, range: Range, today: Day) -> Result<Report, Error> {
    let artist = Uuid::nil();
    let evidence = Evidence {
        artists: vec![SelectedArtist { uuid: artist, name: String::new() }],
        platforms: known.platforms.clone(),
        tracks: vec![TrackEvidence {
            facts: Arc::new(TrackFacts {
                uuid: Uuid::nil(),
                name: String::new(),
                credit: None,
                release,
                image_url: None,
                artists: vec![TrackArtist {
                    id: ArtistId::Uuid(artist),
                    name: String::new(),
                    role: Role::Main,
                }],
            }),
            pairs: Arc::clone(&known.pairs),
            charts: Vec::new(),
        }],
        ..Evidence::default()
    };
    let parameters = Parameters {
        artists: vec![artist.to_string()],
        from: Some(range.from().to_string()),
        to: Some(range.to().to_string()),
        daily: Some("true".to_owned()),
        ..Parameters::default()
    };
    let query = parameters.check().map_err(Error::Invalid)?;
    Ok(report(&evidence, &query, today))
}

/// Delivered data of a track over all platforms.
struct ProviderData {
    track: i64,
    identifiers: Vec<(i64, String)>,
    /// Replaced values, by platform, identifier and day.
    replaced: BTreeMap<(i64, String, Day), Vec<i64>>,
    /// Descriptions of fetches, by id.
    fetches: HashMap<i64, String>,
}

impl ProviderData {
    async fn of(conn: &mut Conn, track: i64) -> Result<Self, Error> {
        let mut identifiers = identifiers::for_track(conn, track).await?;
        identifiers.sort_unstable();
        let mut replaced: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for Revision { platform_id, identifier, replaced: old } in revisions::of_track(conn, track).await? {
            let observation = old.before.observation;
            replaced.entry((platform_id, identifier, observation.day)).or_default().push(observation.value);
        }
        Ok(ProviderData { track, identifiers, replaced, fetches: HashMap::new() })
    }

    fn identifiers(&self, platform: i64) -> Vec<String> {
        let of_it = self.identifiers.iter().filter(|(id, _)| *id == platform);
        of_it.map(|(_, identifier)| identifier.clone()).collect()
    }

    /// Observations in and around the range, newest first.
    async fn observations(
        &mut self,
        conn: &mut Conn,
        platform: i64,
        range: Range,
    ) -> Result<Vec<ObservationItem>, Error> {
        let (from, to) = (range.from() - CONTEXT_DAYS, range.to() + CONTEXT_DAYS);
        let mut items = Vec::new();
        for StoredIdentifier { identifier, fetched } in
            observations::of_track(conn, self.track, platform).await?
        {
            for fetched in fetched.iter().filter(|f| from <= f.observation.day && f.observation.day <= to) {
                let day = fetched.observation.day;
                let replaced = self.replaced.get(&(platform, identifier.clone(), day));
                items.push(ObservationItem {
                    day,
                    replaced: replaced.cloned().unwrap_or_default(),
                    identifier: identifier.clone(),
                    value: fetched.observation.value,
                    fetch: self.fetch(conn, fetched.fetch_id).await?,
                });
            }
        }
        items.sort_by(|a, b| (b.day, &a.identifier).cmp(&(a.day, &b.identifier)));
        Ok(items)
    }

    /// Source and time of a fetch, for display.
    async fn fetch(&mut self, conn: &mut Conn, id: i64) -> Result<String, Error> {
        if let Some(words) = self.fetches.get(&id) {
            return Ok(words.clone());
        }
        let fetch = fetches::by_id(conn, id).await?;
        let words = fetch.map_or_else(String::new, |fetch| {
            format!("{}, {}", fetch.source.as_str(), format_timestamp(&rfc3339(fetch.started_at)))
        });
        self.fetches.insert(id, words.clone());
        Ok(words)
    }
}
