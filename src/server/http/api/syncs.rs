//! Syncs: `POST /syncs`, `GET /syncs`, `GET /syncs/{id}` and its events, retry, cancel.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::Fields;
use super::openapi::bodies::{ProgressEvent, SyncRequest};
use super::openapi::parameters::{Page, WhichSyncs};
use super::openapi::refusals::{NotFound, Unanswerable};
use super::parameters::{Listing, Nothing, SyncListing};
use crate::domain::Problem;
use crate::domain::accounts::Action;
use crate::domain::query::listing::Listed;
use crate::domain::registry::artist_id::parse_uuid;
use crate::domain::sync::{SyncPlan, SyncState, SyncStatus};
use crate::server::accounts::Person;
use crate::server::error::Error;
use crate::server::http::auth::{MayRead, MaySync, stays};
use crate::server::pages::syncs::done;
use crate::server::state::context::Context;
use crate::server::state::limits::account::{Kind, Place as AccountPlace};
use crate::server::state::limits::places::Place;
use crate::server::sync::{self, Request, Started};
use crate::server::web::problem::Refused;

/// How often the row of a sync is looked at for all who watch it, and whether each of them still may.
const LOOK: Duration = Duration::from_millis(400);

/// Whoever watches is told at least so often, also where nothing has changed: who hears nothing for longer knows that
/// the connection is lost.
const REPEAT: Duration = Duration::from_secs(5);

/// What became of a request for a sync.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncAnswer {
    /// The sync's id; null where nothing is missing.
    id: Option<Uuid>,
    /// How far it is; `complete` where nothing is missing.
    state: SyncState,
    /// What is to be done.
    plan: SyncPlan,
}

/// Starts a sync, or says that nothing is missing.
///
/// The same open work is not queued twice: whoever asks for it again is given the sync that does it.
#[utoipa::path(
    post, path = "/syncs", operation_id = "start_sync", tag = "Syncs",
    request_body = SyncRequest,
    responses(
        (status = 200, description = "Nothing is missing", body = SyncAnswer),
        (status = 202, description = "A sync is open", body = SyncAnswer, links(
            ("show" = (operation_id = "sync", parameters(("id" = "$response.body#/id")))),
            ("watch" = (operation_id = "sync_events", parameters(("id" = "$response.body#/id")))),
            ("cancel" = (operation_id = "cancel_sync", parameters(("id" = "$response.body#/id")))),
        )),
        (status = 422, response = Unanswerable),
    ),
    security(("token" = ["sync"])),
)]
pub async fn start(
    State(context): State<Context>,
    MaySync(person): MaySync,
    _: Nothing,
    mut fields: Fields,
) -> Result<Response, Refused> {
    let parameters = fields.question();
    let refresh = fields.flag("refresh");
    let request = Request::of(&fields.check(&parameters)?, refresh);
    Ok(match sync::start(&context.db, &context.provider, &request).await? {
        Started::Nothing(plan) => {
            Json(SyncAnswer { id: None, state: SyncState::Complete, plan }).into_response()
        }
        Started::Open(id, plan) => {
            let status = done(&context, &person, Action::SyncStarted, id).await?;
            let answer = SyncAnswer { id: Some(id), state: status.state, plan };
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
    })
}

/// Syncs, newest first.
#[utoipa::path(
    get, path = "/syncs", operation_id = "syncs", tag = "Syncs",
    params(WhichSyncs, Page),
    responses((status = 200, description = "The syncs", body = Listed<SyncStatus>), (status = 422, response = Unanswerable)),
    security(("token" = ["read"])),
)]
pub async fn list(
    State(context): State<Context>,
    MayRead(_): MayRead,
    SyncListing { state, listing }: SyncListing,
) -> Result<Json<Listed<SyncStatus>>, Refused> {
    let Listing { limit, cursor, .. } = listing;
    let after = cursor.map(|cursor| cursor.parse()).transpose();
    let after = after.map_err(|_| Error::invalid("cursor", "is not one that this list gave out"))?;
    let (items, next) = sync::list(&mut *context.db.read().await?, state, after, limit).await?;
    Ok(Json(Listed { items, next: next.map(|next| next.to_string()) }))
}

/// How far a sync is.
#[utoipa::path(
    get, path = "/syncs/{id}", operation_id = "sync", tag = "Syncs",
    params(("id" = Uuid, Path, description = "The sync's `id`.", example = "7f3c2a10-5b1e-4c7d-9a51-0d7f3f1e2b64")),
    responses((status = 200, description = "The sync", body = SyncStatus), (status = 404, response = NotFound)),
    security(("token" = ["read"])),
)]
pub async fn show(
    State(context): State<Context>,
    MayRead(_): MayRead,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<SyncStatus>, Refused> {
    Ok(Json(sync::status(&context.db, id_of(&id)?).await?))
}

/// Tries again what failed.
#[utoipa::path(
    post, path = "/syncs/{id}/retry", operation_id = "retry_sync", tag = "Syncs",
    params(("id" = Uuid, Path, description = "The sync's `id`.", example = "7f3c2a10-5b1e-4c7d-9a51-0d7f3f1e2b64")),
    responses(
        (status = 202, description = "The sync, which is open again", body = SyncStatus),
        (status = 404, response = NotFound),
    ),
    security(("token" = ["sync"])),
)]
pub async fn retry(
    State(context): State<Context>,
    MaySync(person): MaySync,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Refused> {
    let id = sync::retry(&context.db, &context.provider, id_of(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(done(&context, &person, Action::SyncRetried, id).await?)))
}

/// Cancels a sync; what was fetched stays.
#[utoipa::path(
    delete, path = "/syncs/{id}", operation_id = "cancel_sync", tag = "Syncs",
    params(("id" = Uuid, Path, description = "The sync's `id`.", example = "7f3c2a10-5b1e-4c7d-9a51-0d7f3f1e2b64")),
    responses(
        (status = 200, description = "The sync, which has ended", body = SyncStatus, links(
            ("retry" = (operation_id = "retry_sync", parameters(("id" = "$response.body#/id")))),
        )),
        (status = 404, response = NotFound),
    ),
    security(("token" = ["sync"])),
)]
pub async fn cancel(
    State(context): State<Context>,
    MaySync(person): MaySync,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<SyncStatus>, Refused> {
    let id = id_of(&id)?;
    sync::cancel(&context.db, id).await?;
    Ok(Json(done(&context, &person, Action::SyncCancelled, id).await?))
}

/// How far a sync is, again and again until it has ended.
///
/// Server-sent events: one named `progress` for every change, and at least every five seconds, whose data are a
/// `SyncStatus` as JSON.
#[utoipa::path(
    get, path = "/syncs/{id}/events", operation_id = "sync_events", tag = "Syncs",
    params(("id" = Uuid, Path, description = "The sync's `id`.", example = "7f3c2a10-5b1e-4c7d-9a51-0d7f3f1e2b64")),
    responses(
        (status = 200, description = "The events", body = ProgressEvent, content_type = "text/event-stream"),
        (status = 404, response = NotFound),
    ),
    security(("token" = ["read"])),
)]
pub async fn events(
    State(context): State<Context>,
    MayRead(person): MayRead,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Refused> {
    let id = id_of(&id)?;
    let places =
        (context.limits.streams.take()?, context.limits.accounts.take(&person.user_id, Kind::Stream)?);
    let first = sync::status(&context.db, id).await?;
    let status = {
        let db = context.db.clone();
        context.syncs.watch(id, Some(first), LOOK, move || {
            let db = db.clone();
            async move { sync::status(&db, id).await.ok() }
        })
    };
    let stays = watch_person(&context, person);
    let (told, at) = (None, Instant::now());
    let watching = Watching { stopping: context.stopping.clone(), status, stays, told, at, _places: places };
    // A proxy that gathers events or keeps them would show an old state as the present one.
    let headers = [("cache-control", "no-store, no-transform"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(unfold(watching, Watching::step))))
}

/// Whether a watcher is still authorized.
fn watch_person(context: &Context, person: Person) -> watch::Receiver<bool> {
    let key = (person.via.clone(), person.right);
    let looking = context.clone();
    context.watchers.watch(key, true, LOOK, move || {
        let (context, person) = (looking.clone(), person.clone());
        async move { stays(&context, &person).await.unwrap_or(false) }
    })
}

/// A watcher of a sync.
struct Watching {
    stopping: watch::Receiver<bool>,
    /// How far it is; none where that cannot be known any more.
    status: watch::Receiver<Option<SyncStatus>>,
    /// Whether the session or token behind this lets its owner in.
    stays: watch::Receiver<bool>,
    told: Option<SyncStatus>,
    /// Time of the last event.
    at: Instant,
    _places: (Place, AccountPlace),
}

impl Watching {
    /// The next event, once there is something new; none after the sync's end, or the server's, or once the
    /// session or token behind it has ended.
    async fn step(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.told.as_ref().is_some_and(|told| !told.state.is_open()) {
            return None;
        }
        loop {
            if !*self.stays.borrow_and_update() {
                return None;
            }
            let status = self.status.borrow_and_update().clone()?;
            if self.told.as_ref() != Some(&status) || self.at.elapsed() >= REPEAT {
                let event = Event::default().event("progress").json_data(&status).ok()?;
                (self.told, self.at) = (Some(status), Instant::now());
                return Some((Ok(event), self));
            }
            tokio::select! {
                changed = self.status.changed() => changed.ok()?,
                changed = self.stays.changed() => changed.ok()?,
                () = tokio::time::sleep(REPEAT.saturating_sub(self.at.elapsed())) => {}
                () = stopped(self.stopping.clone()) => return None,
            }
        }
    }
}

/// Ends when the server is about to end.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn id_of(text: &str) -> Result<Uuid, Refused> {
    let missing = || Problem::new(404, "Not Found", format!("There is no sync {text}."));
    parse_uuid(text).ok_or_else(|| missing().into())
}
