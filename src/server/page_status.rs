//! The HTTP status of a page that cannot be shown: that of its problem.

use axum::http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::domain::Problem;

/// Passes a page's data on; where there are none, the page is answered with the problem's status.
pub fn with_status<T>(answer: Result<T, Problem>) -> Result<T, Problem> {
    if let Err(problem) = &answer {
        tell(problem);
    }
    answer
}

/// Answers with the problem's status.
pub fn tell(problem: &Problem) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response
            .set_status(StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
}
