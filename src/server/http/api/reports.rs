//! Reports: `GET /report`, `/availability`.

use axum::Json;
use axum::extract::State;

use super::parameters::Asked;
use crate::domain::report::{Availability, Report};
use crate::server::clock::today;
use crate::server::context::Context;
use crate::server::http::gate::MayRead;
use crate::server::http::problem::Refused;
use crate::server::reports;
use crate::server::sync::{self, Request};

/// The report as the database has it now.
pub async fn report(
    State(context): State<Context>,
    MayRead(_): MayRead,
    Asked(query): Asked,
) -> Result<Json<Report>, Refused> {
    Ok(Json(reports::report(&context.db, &query, today()).await?))
}

/// What the database has for a query and what it lacks.
pub async fn availability(
    State(context): State<Context>,
    MayRead(_): MayRead,
    Asked(query): Asked,
) -> Result<Json<Availability>, Refused> {
    let mut availability = reports::availability(&context.db, &query, today()).await?;
    availability.plan = sync::plan(&context.db, &context.provider, &Request::of(&query, false)).await?;
    Ok(Json(availability))
}
