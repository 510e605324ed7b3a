//! Report exports: `GET /report.csv` and `/report.xlsx`. Concurrency is limited; further requests wait
//! briefly, then get 503 with `Retry-After`.

use std::fs::File;
use std::io::Read as _;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::IntoResponse;
use futures_util::stream;

use super::openapi::parameters::{ReportQueryDoc, WhichTable};
use super::openapi::refusals::Unanswerable;
use super::parameters::{ReportParams, ReportTableParams};
use crate::domain::accounts::Action;
use crate::server::accounts::{Person, audit};
use crate::server::base::clock::today;
use crate::server::error::Error;
use crate::server::export::csv::{Table, table};
use crate::server::export::{file_name, workbook_file};
use crate::server::http::auth::RequireRead;
use crate::server::reports;
use crate::server::state::context::Context;
use crate::server::state::limits::places::Permit;
use crate::server::state::limits::{EXPORTS, Reason};
use crate::server::web::problem::HttpError;

/// `Retry-After` in seconds: the maximum duration of an export.
const RETRY_SECONDS: u32 = 5;
/// How long an export waits for a permit.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);
/// Chunk size of file responses.
const CHUNK_BYTES: usize = 64 * 1024;

/// A table of the report as a CSV file.
///
/// UTF-8 with a header line. What is unknown is empty, never 0.
#[utoipa::path(
    get, path = "/report.csv", operation_id = "report_csv", tag = "Exports",
    params(ReportQueryDoc, WhichTable),
    responses(
        (status = 200, description = "The table", body = String, content_type = "text/csv",
         headers(("content-disposition" = String, description = "The file's name."))),
        (status = 422, response = Unanswerable),
    ),
    security(("token" = ["read"])),
)]
pub async fn csv(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    asked: ReportTableParams,
) -> Result<impl IntoResponse, HttpError> {
    csv_file(&context, &person, asked, "").await
}

/// `GET /downloads/report.csv`, linked from pages: the same table with a byte order mark, without which
/// spreadsheets assume a legacy encoding.
pub async fn marked_csv(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    asked: ReportTableParams,
) -> Result<impl IntoResponse, HttpError> {
    csv_file(&context, &person, asked, "\u{feff}").await
}

async fn csv_file(
    context: &Context,
    person: &Person,
    ReportTableParams(query, which): ReportTableParams,
    mark: &'static str,
) -> Result<impl IntoResponse + use<>, HttpError> {
    let _place = export_permit(context).await?;
    let report = reports::report(&context.db, &query, today()).await?;
    let ending = if which == Table::Tracks { ".csv".to_owned() } else { format!("-{which}.csv") };
    let name = file_name(&report, &ending);
    audit::record_or_fail(&context.db, person, Action::Exported, &name).await?;
    let name = attachment(&name);
    let csv = reports::compute(move || {
        let table = table(&report, which).map_err(Error::Csv)?;
        Ok::<_, Error>(if mark.is_empty() { table } else { format!("{mark}{table}") })
    })
    .await?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], csv))
}

/// The report as an Excel workbook.
///
/// Its sums are live formulas over the rows that they are about.
// Written to disk and streamed from there.
#[utoipa::path(
    get, path = "/report.xlsx", operation_id = "report_xlsx", tag = "Exports",
    params(ReportQueryDoc),
    responses(
        (status = 200, description = "The workbook", body = [u8],
         content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         headers(("content-disposition" = String, description = "The file's name."))),
        (status = 422, response = Unanswerable),
    ),
    security(("token" = ["read"])),
)]
pub async fn workbook(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    ReportParams(query): ReportParams,
) -> Result<impl IntoResponse, HttpError> {
    let _place = export_permit(&context).await?;
    let report = reports::report(&context.db, &query, today()).await?;
    let name = file_name(&report, ".xlsx");
    audit::record_or_fail(&context.db, &person, Action::Exported, &name).await?;
    let name = attachment(&name);
    let base = context.config.base();
    let (file, length) = reports::compute(move || {
        let file = workbook_file(&report, &base)?;
        let length = file.metadata().map_err(Error::io("look at a temporary workbook"))?.len();
        Ok::<_, Error>((file, length))
    })
    .await?;
    let headers = [
        (CONTENT_TYPE, WORKBOOK.to_owned()),
        (CONTENT_DISPOSITION, name),
        (CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, pieces(file)))
}

/// Waits for an export permit.
async fn export_permit(context: &Context) -> Result<Permit, HttpError> {
    context.limits.exports.acquire_within(QUEUE_TIMEOUT).await.ok_or_else(|| {
        let detail = format!("{EXPORTS} exports are being made right now; try again in a few seconds.");
        Reason::Places.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(RETRY_SECONDS)
    })
}

/// `Content-Disposition` with a file name that must not need escaping.
pub(in crate::server::http) fn attachment(name: &str) -> String {
    format!("attachment; filename=\"{name}\"")
}

/// Streams a file.
fn pieces(file: File) -> Body {
    Body::from_stream(stream::try_unfold(file, async |mut file| {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; CHUNK_BYTES];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, std::io::Error>((length > 0).then(|| (Bytes::from(piece), file)))
        });
        read.await.map_err(std::io::Error::other)?
    }))
}

/// Content type of workbooks, which are already compressed.
pub(in crate::server::http) const WORKBOOK: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
