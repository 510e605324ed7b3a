//! Data and actions of pages about syncs.

use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use uuid::Uuid;

use super::caller;
use super::status::with_status;
use crate::domain::accounts::{Action, Right};
use crate::domain::registry::artist_id::parse_uuid;
use crate::domain::sync::SyncStatus;
use crate::domain::{Day, Problem, Query};
use crate::server::accounts::{Person, audit};
use crate::server::base::clock::today;
use crate::server::error::Error;
use crate::server::reports::listings;
use crate::server::state::context::Context;
use crate::server::store::read_model::ReadModel;
use crate::server::sync::{self, Request, Started};
use crate::server::web::cookies;
use crate::view::analytics::page::PlatformChoice;
use crate::view::analytics::syncing::{ReportSync, sync_subject};
use crate::view::{Address, SyncList};

/// Syncs per page.
const ROWS: u32 = 20;

/// Marks a browser without WASM: pages with an open sync reload themselves.
pub const RELOAD_COOKIE: &str = "reload=1; Path=/analytics; Max-Age=3600; HttpOnly; SameSite=Lax";

/// Reloads the page after five seconds, for browsers without WASM.
pub fn refresh_later() {
    let runs_no_wasm =
        use_context::<Parts>().is_some_and(|parts| cookies::value(&parts.headers, "reload") == Some("1"));
    if let (true, Some(response)) = (runs_no_wasm, use_context::<ResponseOptions>()) {
        response.insert_header(REFRESH, HeaderValue::from_static("5"));
    }
}

/// The sync preview of a report, and open syncs.
pub async fn syncing(
    context: &Context,
    state: &mut ReadModel<'_>,
    query: &Query,
    today: Day,
) -> Result<ReportSync, Error> {
    let request = Request::from_query(query, false);
    let plan = sync::plan(state, &context.provider, &request, today).await?;
    let status = sync::for_request(state.conn().await?, &request).await?;
    let limit = context.config.auto_sync_requests;
    let may_start = caller::person().is_some_and(|person| person.right >= Right::Sync);
    let starts_by_itself =
        may_start && plan.as_ref().is_some_and(|plan| (1..=limit).contains(&plan.requests));
    Ok(ReportSync { plan, status, starts_automatically: starts_by_itself })
}

/// Runs a sync action; see [`crate::api::act_on_sync`]. `begin` is an automatic start: it is limited to the
/// configured number of requests.
///
/// # Errors
/// Sync is off; the sync does not exist; invalid parameters.
pub async fn act(
    context: &Context,
    person: &Person,
    act: &str,
    on: &str,
) -> Result<Option<SyncStatus>, Problem> {
    let (id, action) = match act {
        "start" | "begin" => {
            let request = Request::from_query(&question(context, on).await?, false);
            let request = if act == "begin" {
                request.with_request_limit(context.config.auto_sync_requests)
            } else {
                request
            };
            match sync::start(&context.db, &context.provider, &request).await? {
                Started::NothingMissing(_) => return Ok(None),
                Started::Open(id, _) => (id, Action::SyncStarted),
            }
        }
        "cancel" => {
            let id = sync_id(on)?;
            sync::cancel(&context.db, id).await?;
            (id, Action::SyncCancelled)
        }
        "retry" => (sync::retry(&context.db, &context.provider, sync_id(on)?).await?, Action::SyncRetried),
        _ => return Err(Problem::new(400, "Bad Request", "Unknown action.")),
    };
    Ok(Some(finish_action(context, person, action, id).await?))
}

/// After an action on a sync: wakes the worker, writes the audit entry, returns the progress.
pub async fn finish_action(
    context: &Context,
    person: &Person,
    action: Action,
    id: Uuid,
) -> Result<SyncStatus, Error> {
    context.wake.notify_one();
    let status = sync::status(&context.db, id).await?;
    audit::record_in_background(&context.db, person, action, sync_subject(&status));
    Ok(status)
}

/// Progress of a sync.
///
/// # Errors
/// The sync does not exist.
pub async fn status(context: &Context, id: &str) -> Result<SyncStatus, Problem> {
    Ok(sync::status(&context.db, sync_id(id)?).await?)
}

fn sync_id(text: &str) -> Result<Uuid, Problem> {
    parse_uuid(text).ok_or_else(|| Problem::new(404, "Not Found", "There is no such sync."))
}

/// The query of a report page.
async fn question(context: &Context, search: &str) -> Result<Query, Problem> {
    let listed = async { listings::platforms(&mut *context.db.read_report().await?).await };
    let codes: Vec<String> =
        listed.await?.iter().filter_map(PlatformChoice::from_item).map(|platform| platform.code).collect();
    let settled = Address::parse(search).settled(Address::default_month(today()), &codes);
    settled.query().map_err(Problem::unprocessable)
}

/// A page of the list of syncs; `search` may contain its cursor.
pub async fn list(context: &Context, search: &str) -> Result<SyncList, Problem> {
    let after = SyncList::cursor_of_address(search);
    let listed = async {
        let mut tx = context.db.read().await?;
        let (after, (syncs, next)) = match sync::list(&mut tx, None, after, ROWS).await {
            // The cursor's sync has been deleted: start over.
            Err(Error::Invalid(_)) => (None, sync::list(&mut tx, None, None, ROWS).await?),
            listed => (after, listed?),
        };
        let quota_left = context.provider.quota_left(&mut tx).await?;
        Ok::<_, Error>(SyncList {
            syncs,
            after,
            next,
            quota_left,
            can_fetch: context.provider.kind().is_some(),
        })
    };
    with_status(listed.await.map_err(Problem::from))
}
