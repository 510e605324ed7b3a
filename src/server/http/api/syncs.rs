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

use super::body::BodyFields;
use super::openapi::bodies::{ProgressEvent, SyncRequest};
use super::openapi::parameters::{PageDoc, WhichSyncs};
use super::openapi::refusals::{NotFound, Unanswerable};
use super::parameters::{ListParams, NoParams, SyncListParams};
use crate::domain::Problem;
use crate::domain::accounts::Action;
use crate::domain::query::listing::Listed;
use crate::domain::registry::artist_id::parse_uuid;
use crate::domain::sync::{SyncPlan, SyncState, SyncStatus};
use crate::server::accounts::Person;
use crate::server::error::Error;
use crate::server::http::auth::{RequireRead, RequireSync, is_still_authorized};
use crate::server::pages::syncs::finish_action;
use crate::server::state::context::Context;
use crate::server::state::limits::account::{AccountPermit as AccountPlace, RequestKind};
use crate::server::state::limits::places::Permit;
use crate::server::sync::{self, Request, Started};
use crate::server::web::problem::HttpError;

/// How often a watched sync's row is polled, once for all watchers, and how often their authorization is checked.
const POLL_INTERVAL: Duration = Duration::from_millis(400);

/// Maximum time between events, even without a change: a client that receives none for longer has lost the
/// connection.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);

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
    RequireSync(person): RequireSync,
    _: NoParams,
    mut fields: BodyFields,
) -> Result<Response, HttpError> {
    let parameters = fields.report_parameters();
    let refresh = fields.flag("refresh");
    let request = Request::from_query(&fields.check(&parameters)?, refresh);
    Ok(match sync::start(&context.db, &context.provider, &request).await? {
        Started::NothingMissing(plan) => {
            Json(SyncAnswer { id: None, state: SyncState::Complete, plan }).into_response()
        }
        Started::Open(id, plan) => {
            let status = finish_action(&context, &person, Action::SyncStarted, id).await?;
            let answer = SyncAnswer { id: Some(id), state: status.state, plan };
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
    })
}

/// Syncs, newest first.
#[utoipa::path(
    get, path = "/syncs", operation_id = "syncs", tag = "Syncs",
    params(WhichSyncs, PageDoc),
    responses((status = 200, description = "The syncs", body = Listed<SyncStatus>), (status = 422, response = Unanswerable)),
    security(("token" = ["read"])),
)]
pub async fn list(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    SyncListParams { state, listing }: SyncListParams,
) -> Result<Json<Listed<SyncStatus>>, HttpError> {
    let ListParams { limit, cursor, .. } = listing;
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
    RequireRead(_): RequireRead,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<Json<SyncStatus>, HttpError> {
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
    RequireSync(person): RequireSync,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<impl IntoResponse, HttpError> {
    let id = sync::retry(&context.db, &context.provider, id_of(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(finish_action(&context, &person, Action::SyncRetried, id).await?)))
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
    RequireSync(person): RequireSync,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<Json<SyncStatus>, HttpError> {
    let id = id_of(&id)?;
    sync::cancel(&context.db, id).await?;
    Ok(Json(finish_action(&context, &person, Action::SyncCancelled, id).await?))
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
    RequireRead(person): RequireRead,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<impl IntoResponse, HttpError> {
    let id = id_of(&id)?;
    let places = (
        context.limits.streams.acquire()?,
        context.limits.accounts.take(&person.user_id, RequestKind::Stream)?,
    );
    let first = sync::status(&context.db, id).await?;
    let status = {
        let db = context.db.clone();
        context.syncs.watch(id, Some(first), POLL_INTERVAL, move || {
            let db = db.clone();
            async move { sync::status(&db, id).await.ok() }
        })
    };
    let authorized = watch_person(&context, person);
    let (last_sent, at) = (None, Instant::now());
    let watching = EventStream {
        stopping: context.stopping.clone(),
        status,
        authorized,
        last_sent,
        at,
        _places: places,
    };
    // A proxy that buffers or caches events would show outdated progress.
    let headers = [("cache-control", "no-store, no-transform"), ("x-accel-buffering", "no")];
    Ok((headers, Sse::new(unfold(watching, EventStream::step))))
}

/// Whether a watcher is still authorized.
fn watch_person(context: &Context, person: Person) -> watch::Receiver<bool> {
    let key = (person.via.clone(), person.right);
    let looking = context.clone();
    context.watched_callers.watch(key, true, POLL_INTERVAL, move || {
        let (context, person) = (looking.clone(), person.clone());
        async move { is_still_authorized(&context, &person).await.unwrap_or(false) }
    })
}

/// A watcher of a sync.
struct EventStream {
    stopping: watch::Receiver<bool>,
    /// The sync's progress; `None` once it is no longer available.
    status: watch::Receiver<Option<SyncStatus>>,
    /// Whether the caller's session or token is still valid.
    authorized: watch::Receiver<bool>,
    last_sent: Option<SyncStatus>,
    /// Time of the last event.
    at: Instant,
    _places: (Permit, AccountPlace),
}

impl EventStream {
    /// The next event when there is something new; `None` after the sync has ended, the server stops, or the
    /// session or token has ended.
    async fn step(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.last_sent.as_ref().is_some_and(|status| !status.state.is_open()) {
            return None;
        }
        loop {
            if !*self.authorized.borrow_and_update() {
                return None;
            }
            let status = self.status.borrow_and_update().clone()?;
            if self.last_sent.as_ref() != Some(&status) || self.at.elapsed() >= KEEPALIVE_INTERVAL {
                let event = Event::default().event("progress").json_data(&status).ok()?;
                (self.last_sent, self.at) = (Some(status), Instant::now());
                return Some((Ok(event), self));
            }
            tokio::select! {
                changed = self.status.changed() => changed.ok()?,
                changed = self.authorized.changed() => changed.ok()?,
                () = tokio::time::sleep(KEEPALIVE_INTERVAL.saturating_sub(self.at.elapsed())) => {}
                () = stopped(self.stopping.clone()) => return None,
            }
        }
    }
}

/// Completes when the server begins to shut down.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn id_of(text: &str) -> Result<Uuid, HttpError> {
    let missing = || Problem::new(404, "Not Found", format!("There is no sync {text}."));
    parse_uuid(text).ok_or_else(|| missing().into())
}
