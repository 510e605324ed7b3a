//! Puts the page of a track together: its facts, and the audit of its numbers over a range, read in one
//! transaction.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::clock::{rfc3339, today};
use super::context::Context;
use super::db::observations::Stored;
use super::db::platforms::Platform;
use super::db::revisions::Revision;
use super::db::{Conn, fetches, identifiers, observations, platforms, revisions, series, tracks};
use super::error::Error;
use super::page_status::with_status;
use super::reports::reportable;
use crate::domain::audit::audit;
use crate::domain::id::parse_uuid;
use crate::domain::query::Parameters;
use crate::domain::report::{Evidence, PairEvidence, TrackEvidence, report};
use crate::domain::series::unpack;
use crate::domain::view::Address;
use crate::domain::view::encoding::decode;
use crate::domain::view::syncing::moment;
use crate::domain::view::track::{Named, ObservationItem, PlatformAudit, TrackView};
use crate::domain::{Day, Problem, Query, Range, State};

/// Observations beside the range are shown as well: so many days of them, for the step across its edge.
const BESIDE: i32 = 7;

/// The page of a track, as its server function asks for it; sets the status of a page that is not there.
///
/// # Errors
/// As of [`track`].
pub async fn page(context: &Context, uuid: &str, search: &str) -> Result<TrackView, Problem> {
    let view = match parse_uuid(uuid) {
        Some(uuid) => track(context, uuid, search).await,
        None => Err(Problem::new(404, "Not Found", format!("There is no track {uuid}."))),
    };
    with_status(view)
}

/// The page of a track for the query string of its address: `month`, or `from` and `to`.
///
/// # Errors
/// There is no such track; days that cannot be; the database failed.
pub async fn track(context: &Context, uuid: Uuid, search: &str) -> Result<TrackView, Problem> {
    let range = range_of(search)?;
    Ok(assemble(context, uuid, range).await?)
}

/// The days of an address; the last whole month where it names none.
fn range_of(search: &str) -> Result<Range, Problem> {
    let parameters = Parameters { artists: vec![Uuid::nil().to_string()], ..period_of(search) };
    let query: Query = parameters.check().map_err(Problem::bad_request)?;
    Ok(query.period.range())
}

/// The period of an address, not checked yet; the last whole month where it names none.
pub fn period_of(search: &str) -> Parameters {
    let mut parameters = Parameters::default();
    for (name, value) in decode(search) {
        if ["month", "from", "to"].contains(&name.as_str()) && !value.is_empty() {
            parameters.take(&name, &value);
        }
    }
    if (&parameters.month, &parameters.from, &parameters.to) == (&None, &None, &None) {
        parameters.month = Some(Address::default_month(today()).to_string());
    }
    parameters
}

async fn assemble(context: &Context, uuid: Uuid, range: Range) -> Result<TrackView, Error> {
    let mut tx = context.db.read().await?;
    let stored = tracks::by_uuid(&mut tx, uuid).await?;
    let stored = stored.ok_or_else(|| Error::NotFound { what: "track", id: uuid.to_string() })?;
    let registry = platforms::registry(&mut tx).await?;
    let release = stored.track.release_date;
    let mut audits = Vec::new();
    for platform in &registry {
        audits.extend(platform_audit(&mut tx, stored.id, release, platform, range).await?);
    }
    let names = stored.artists.iter().map(|artist| artist.name.as_str()).collect::<Vec<_>>().join(", ");
    Ok(TrackView {
        uuid,
        name: stored.track.name,
        credit: stored.track.credit_name.unwrap_or(names),
        artists: stored
            .artists
            .into_iter()
            .map(|artist| Named { id: artist.id.to_string(), name: artist.name })
            .collect(),
        isrc: stored.track.isrc,
        release,
        image_url: stored.track.image_url,
        today: today(),
        from: range.from(),
        to: range.to(),
        platforms: audits,
    })
}

async fn platform_audit(
    conn: &mut Conn,
    track: i64,
    release: Option<Day>,
    platform: &Platform,
    range: Range,
) -> Result<Option<PlatformAudit>, Error> {
    let Ok(reported) = reportable(platform) else { return Ok(None) };
    let rows = series::of_tracks(conn, &[track]).await?;
    let pairs = rows.first().map(series::TrackSeries::pairs).transpose()?.unwrap_or_default();
    let Some(pair) = pairs.iter().find(|pair| pair.platform_id == platform.id) else { return Ok(None) };
    let evidence = PairEvidence {
        packed: pair.worked_out.map(|(digest, packed)| (digest, packed.to_vec())),
        windows: pair.windows.clone(),
    };
    let series = match &evidence.packed {
        Some((_, packed)) => audit(unpack(packed).map_err(Error::damaged)?, release, range),
        None => Vec::new(),
    };
    let (state, total) = figure(evidence, reported.clone(), release, range)?;
    let mut ids: Vec<String> = identifiers::of_track(conn, track)
        .await?
        .into_iter()
        .filter(|(id, _)| *id == platform.id)
        .map(|(_, identifier)| identifier)
        .collect();
    ids.sort_unstable();
    let stored = observations::of_track(conn, track, platform.id).await?;
    let observations = observed(conn, track, platform.id, stored, range).await?;
    Ok(Some(PlatformAudit {
        platform: reported.code,
        name: reported.name,
        unit: reported.unit,
        state,
        total,
        identifiers: ids,
        series,
        observations,
    }))
}

/// The cell of a report on this track alone: the page shows the very same figure.
fn figure(
    pair: PairEvidence,
    platform: crate::domain::platform::TrackPlatform,
    release: Option<Day>,
    range: Range,
) -> Result<(State, Option<crate::domain::Figure>), Error> {
    use crate::domain::report::{SelectedArtist, TrackArtist};
    let artist = Uuid::nil();
    let evidence = Evidence {
        artists: vec![SelectedArtist { uuid: artist, name: String::new() }],
        platforms: vec![platform],
        tracks: vec![TrackEvidence {
            uuid: Uuid::nil(),
            name: String::new(),
            credit: None,
            release,
            image_url: None,
            artists: vec![TrackArtist {
                id: crate::domain::ArtistId::Uuid(artist),
                name: String::new(),
                role: crate::domain::Role::Main,
            }],
            pairs: vec![pair],
            charts: Vec::new(),
        }],
        ..Evidence::default()
    };
    let parameters = Parameters {
        artists: vec![artist.to_string()],
        from: Some(range.from().to_string()),
        to: Some(range.to().to_string()),
        ..Parameters::default()
    };
    let query = parameters.check().map_err(Error::Invalid)?;
    let report = report(&evidence, &query, today()).map_err(Error::damaged)?;
    let row = report.platforms.first();
    Ok(row.map_or((State::Absent, None), |row| (row.state, row.total)))
}

/// The observations of the range and beside it, newest first.
async fn observed(
    conn: &mut Conn,
    track: i64,
    platform: i64,
    stored: Vec<Stored>,
    range: Range,
) -> Result<Vec<ObservationItem>, Error> {
    let (from, to) = (range.from() - BESIDE, range.to() + BESIDE);
    let mut replaced: BTreeMap<(String, Day), Vec<i64>> = BTreeMap::new();
    for revision in revisions::of_track(conn, track).await? {
        let Revision { platform_id, identifier, replaced: old } = revision;
        if platform_id == platform {
            let observation = old.before.observation;
            replaced.entry((identifier, observation.day)).or_default().push(observation.value);
        }
    }
    let mut words: HashMap<i64, String> = HashMap::new();
    let mut items = Vec::new();
    for Stored { identifier, fetched } in stored {
        for fetched in fetched.iter().filter(|f| from <= f.observation.day && f.observation.day <= to) {
            let fetch = match words.get(&fetched.fetch_id) {
                Some(words) => words.clone(),
                None => {
                    let fetch = fetches::by_id(conn, fetched.fetch_id).await?;
                    let text = fetch.map_or_else(String::new, |fetch| {
                        format!("{}, {}", fetch.source.as_str(), moment(&rfc3339(fetch.started_at)))
                    });
                    words.insert(fetched.fetch_id, text.clone());
                    text
                }
            };
            let day = fetched.observation.day;
            items.push(ObservationItem {
                day,
                replaced: replaced.get(&(identifier.clone(), day)).cloned().unwrap_or_default(),
                identifier: identifier.clone(),
                value: fetched.observation.value,
                fetch,
            });
        }
    }
    items.sort_by(|a, b| (b.day, &a.identifier).cmp(&(a.day, &b.identifier)));
    Ok(items)
}
