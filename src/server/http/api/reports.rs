//! Reports: `GET /report`, `/availability`, with conditional requests (304).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::openapi::parameters::ReportQueryDoc;
use super::openapi::refusals::Unanswerable;
use super::{etag, parameters};
use crate::domain::report::{Availability, Report};
use crate::server::base::clock::today;
use crate::server::http::auth::RequireRead;
use crate::server::reports;
use crate::server::state::context::Context;
use crate::server::state::report_cache::ReportCacheKey;
use crate::server::sync::{self, Request};
use crate::server::web::problem::HttpError;

/// The report as the database has it now.
///
/// A total is a figure with its bounds, or null where nothing is known. `days` is there with `daily=true` or `group=date`.
#[utoipa::path(
    get, path = "/report", operation_id = "report", tag = "Reports",
    params(ReportQueryDoc, ("if-none-match" = Option<String>, Header, description = "The `etag` of an answer that you have.")),
    responses(
        (status = 200, description = "The report", body = Report,
         headers(("etag" = String, description = "Equal while the report says the same, whenever it is made."))),
        (status = 304, description = "The report says what the one of `if-none-match` said; there is no body"),
        (status = 422, response = Unanswerable),
    ),
    security(("token" = ["read"])),
)]
pub async fn report(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    parameters::ReportParams(query): parameters::ReportParams,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let asked = ReportCacheKey { query, today: today(), versions: context.db.versions().await? };
    let answer = match context.report_cache.get(&asked) {
        Some(answer) => answer,
        None => {
            let (answer, versions) =
                reports::report_with_versions(&context.db, &asked.query, asked.today, etag::report_json)
                    .await?;
            let answer = answer?;
            context.report_cache.keep(ReportCacheKey { versions, ..asked }, answer.clone());
            answer
        }
    };
    Ok(etag::answer(&headers, answer))
}

/// What the database has for a question, what it lacks, and what a sync would do about it (S17).
#[utoipa::path(
    get, path = "/availability", operation_id = "availability", tag = "Reports",
    params(ReportQueryDoc, ("if-none-match" = Option<String>, Header, description = "The `etag` of an answer that you have.")),
    responses(
        (status = 200, description = "What there is and what is missing", body = Availability,
         headers(("etag" = String, description = "Equal while the answer says the same."))),
        (status = 304, description = "The answer says what the one of `if-none-match` said; there is no body"),
        (status = 422, response = Unanswerable),
    ),
    security(("token" = ["read"])),
)]
pub async fn availability(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    parameters::ReportParams(query): parameters::ReportParams,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let today = today();
    let mut state = context.db.snapshot().await?;
    let evidence = reports::evidence_at(&mut state, &query, today).await?;
    let plan = sync::plan(&mut state, &context.provider, &Request::from_query(&query, false), today).await?;
    drop(state);
    let availability = Availability { plan, ..reports::availability_from(evidence, &query, today).await };
    Ok(etag::answer(&headers, etag::response_json(&availability)?))
}
