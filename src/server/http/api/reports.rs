//! Reports: `GET /report`, `/report.csv`, `/availability`.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::parameters::Asked;
use crate::domain::report::{Availability, Report};
use crate::server::clock::today;
use crate::server::context::Context;
use crate::server::error::Error;
use crate::server::export;
use crate::server::http::problem::Refused;
use crate::server::reports;
use crate::server::sync::{self, Request};

/// The report as the database has it now.
pub async fn report(State(context): State<Context>, Asked(query): Asked) -> Result<Json<Report>, Refused> {
    Ok(Json(reports::report(&context.db, &query, today()).await?))
}

/// The report's tracks by platform as a CSV file.
pub async fn csv(State(context): State<Context>, Asked(query): Asked) -> Result<impl IntoResponse, Refused> {
    let report = reports::report(&context.db, &query, today()).await?;
    let name = format!(
        "attachment; filename=\"music-analytics-{}-{}.csv\"",
        query.period.range().from(),
        query.period.range().to()
    );
    let csv = export::csv::tracks(&report).map_err(Error::Csv)?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], csv))
}

/// What the database has for a query and what it lacks.
pub async fn availability(
    State(context): State<Context>,
    Asked(query): Asked,
) -> Result<Json<Availability>, Refused> {
    let mut availability = reports::availability(&context.db, &query, today()).await?;
    availability.plan = sync::plan(&context.db, &context.provider, &Request::of(&query, false)).await?;
    Ok(Json(availability))
}
