//! The caller of a server function: an HTTP request of its own, or the rendering of a page on the server.

use axum::http::request::Parts;
use leptos::prelude::{expect_context, use_context};

use super::status::with_status;
use crate::domain::Problem;
use crate::domain::accounts::Right;
use crate::server::accounts::{Person, require_person};
use crate::server::state::context::Context;

/// The caller of the current request.
pub fn person() -> Option<Person> {
    use_context::<Parts>()?.extensions.get().cloned()
}

/// The context, for callers with the right to read.
///
/// # Errors
/// Not signed in.
pub fn reader() -> Result<Context, Problem> {
    caller(Right::Read).map(|(context, _)| context)
}

/// The context, for callers with the right to fetch and add.
///
/// # Errors
/// Not signed in, or read-only.
pub fn analyst() -> Result<(Context, Person), Problem> {
    caller(Right::Sync)
}

fn caller(right: Right) -> Result<(Context, Person), Problem> {
    Ok((expect_context(), with_status(require_person(person().as_ref(), right))?))
}
