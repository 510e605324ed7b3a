//! Reports: `GET /report`, `/availability`, with conditional requests (304).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::openapi::parameters::Question;
use super::openapi::refusals::Unanswerable;
use super::{etag, parameters};
use crate::domain::report::{Availability, Report};
use crate::server::base::clock::today;
use crate::server::http::auth::MayRead;
use crate::server::reports;
use crate::server::state::context::Context;
use crate::server::state::report_cache::Asked;
use crate::server::sync::{self, Request};
use crate::server::web::problem::Refused;

/// The report as the database has it now.
///
/// A total is a figure with its bounds, or null where nothing is known. `days` is there with `daily=true` or `group=date`.
#[utoipa::path(
    get, path = "/report", operation_id = "report", tag = "Reports",
    params(Question, ("if-none-match" = Option<String>, Header, description = "The `etag` of an answer that you have.")),
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
    MayRead(_): MayRead,
    parameters::Asked(query): parameters::Asked,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let asked = Asked { query, today: today(), versions: context.db.versions().await? };
    let answer = match context.answers.get(&asked) {
        Some(answer) => answer,
        None => {
            let (answer, versions) =
                reports::versioned(&context.db, &asked.query, asked.today, etag::written).await?;
            let answer = answer?;
            context.answers.keep(Asked { versions, ..asked }, answer.clone());
            answer
        }
    };
    Ok(etag::answer(&headers, answer))
}

/// What the database has for a question, what it lacks, and what a sync would do about it (S17).
#[utoipa::path(
    get, path = "/availability", operation_id = "availability", tag = "Reports",
    params(Question, ("if-none-match" = Option<String>, Header, description = "The `etag` of an answer that you have.")),
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
    MayRead(_): MayRead,
    parameters::Asked(query): parameters::Asked,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let today = today();
    let mut state = context.db.state().await?;
    let evidence = reports::evidence_in(&mut state, &query, today).await?;
    let plan = sync::plan(&mut state, &context.provider, &Request::of(&query, false), today).await?;
    drop(state);
    let availability = Availability { plan, ..reports::availability_of(evidence, &query, today).await };
    Ok(etag::answer(&headers, etag::written_as_it_is(&availability)?))
}
