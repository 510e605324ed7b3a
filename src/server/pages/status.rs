//! Sets the HTTP status of a page that shows a problem.

use axum::http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::domain::Problem;

/// Returns a page's data; on a problem, sets its status.
pub fn with_status<T>(answer: Result<T, Problem>) -> Result<T, Problem> {
    if let Err(problem) = &answer {
        set_status(problem);
    }
    answer
}

/// Sets the response status of the problem.
pub fn set_status(problem: &Problem) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response
            .set_status(StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
}
