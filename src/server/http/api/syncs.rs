//! Syncs: `POST /syncs`, `GET /syncs`, `GET /syncs/{id}` and its events, retry, cancel.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use super::body::Fields;
use super::parameters::{Listing, Nothing, SyncListing};
use crate::domain::Problem;
use crate::domain::id::parse_uuid;
use crate::domain::listing::Listed;
use crate::domain::sync::{SyncState, SyncStatus};
use crate::domain::view::syncing::subject;
use crate::server::accounts::Person;
use crate::server::accounts::audit::{self, Action};
use crate::server::context::Context;
use crate::server::error::Error;
use crate::server::http::gate::{MayRead, MaySync, stays};
use crate::server::http::problem::Refused;
use crate::server::sync::{self, Request, Started};

/// How often the row of a sync is looked at for somebody who watches it.
const LOOK: Duration = Duration::from_millis(400);

/// Starts a sync, or says that nothing is missing.
pub async fn start(
    State(context): State<Context>,
    MaySync(person): MaySync,
    mut fields: Fields,
) -> Result<Response, Refused> {
    let parameters = fields.question();
    let refresh = fields.flag("refresh");
    let request = Request::of(&fields.check(&parameters)?, refresh);
    Ok(match sync::start(&context.db, &context.provider, &request).await? {
        Started::Nothing(plan) => {
            Json(json!({"id": null, "state": SyncState::Complete, "plan": plan})).into_response()
        }
        Started::Open(id, plan) => {
            context.wake.notify_one();
            let status = sync::status(&context.db, id).await?;
            audit::note(&context.db, &person, Action::SyncStarted, subject(&status));
            (StatusCode::ACCEPTED, Json(json!({"id": id, "state": status.state, "plan": plan})))
                .into_response()
        }
    })
}

/// Syncs, newest first.
pub async fn list(
    State(context): State<Context>,
    MayRead(_): MayRead,
    SyncListing { state, listing }: SyncListing,
) -> Result<Json<Listed<SyncStatus>>, Refused> {
    let Listing { limit, cursor, .. } = listing;
    let skip = cursor.map(|cursor| cursor.parse()).transpose();
    let skip = skip.map_err(|_| Error::invalid("cursor", "is not one that this list gave out"))?;
    let (items, next) = sync::list(&context.db, state, skip.unwrap_or(0), limit).await?;
    Ok(Json(Listed { items, next: next.map(|next| next.to_string()) }))
}

/// How far a sync is.
pub async fn show(
    State(context): State<Context>,
    MayRead(_): MayRead,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<SyncStatus>, Refused> {
    Ok(Json(sync::status(&context.db, id_of(&id)?).await?))
}

/// Tries again what failed.
pub async fn retry(
    State(context): State<Context>,
    MaySync(person): MaySync,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<impl IntoResponse, Refused> {
    let id = sync::retry(&context.db, &context.provider, id_of(&id)?).await?;
    context.wake.notify_one();
    let status = sync::status(&context.db, id).await?;
    audit::note(&context.db, &person, Action::SyncRetried, subject(&status));
    Ok((StatusCode::ACCEPTED, Json(status)))
}

/// Cancels a sync; what was fetched stays.
pub async fn cancel(
    State(context): State<Context>,
    MaySync(person): MaySync,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Json<SyncStatus>, Refused> {
    let id = id_of(&id)?;
    sync::cancel(&context.db, id).await?;
    context.wake.notify_one();
    let status = sync::status(&context.db, id).await?;
    audit::note(&context.db, &person, Action::SyncCancelled, subject(&status));
    Ok(Json(status))
}

/// How far a sync is, again and again until it has ended: one event for every change.
pub async fn events(
    State(context): State<Context>,
    MayRead(person): MayRead,
    Path(id): Path<String>,
    _: Nothing,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    let id = id_of(&id)?;
    let first = sync::status(&context.db, id).await?;
    let watching = Watching { context, person, id, told: None, next: Some(first) };
    Ok(Sse::new(unfold(watching, Watching::step)).keep_alive(KeepAlive::default()))
}

/// Somebody who watches a sync.
struct Watching {
    context: Context,
    person: Person,
    id: Uuid,
    told: Option<SyncStatus>,
    next: Option<SyncStatus>,
}

impl Watching {
    /// The next event, once there is something new; none after the sync's end, or the server's, or once the
    /// session or token behind it has ended.
    async fn step(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.told.as_ref().is_some_and(|told| !told.state.is_open()) {
            return None;
        }
        loop {
            let status = match self.next.take() {
                Some(status) => status,
                None => sync::status(&self.context.db, self.id).await.ok()?,
            };
            if self.told.as_ref() != Some(&status) {
                let event = Event::default().event("progress").json_data(&status).ok()?;
                self.told = Some(status);
                return Some((Ok(event), self));
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stopped(self.context.stopping.clone()) => return None,
            }
            if !stays(&self.context, &self.person).await.ok()? {
                return None;
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
