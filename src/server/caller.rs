//! Who calls a server function: by a request of its own, or for a page that the server renders.

use axum::http::request::Parts;
use leptos::prelude::{expect_context, use_context};

use super::accounts::{Person, Right};
use super::context::Context;
use super::http::gate::allowed;
use super::page_status::with_status;
use crate::domain::Problem;

/// Whose the request is.
pub fn person() -> Option<Person> {
    use_context::<Parts>()?.extensions.get().cloned()
}

/// The product, for somebody who may read.
///
/// # Errors
/// Nobody is signed in.
pub fn reader() -> Result<Context, Problem> {
    caller(Right::Read).map(|(context, _)| context)
}

/// The product, for somebody who may fetch and add.
///
/// # Errors
/// Nobody is signed in, or somebody who may only read.
pub fn analyst() -> Result<(Context, Person), Problem> {
    caller(Right::Sync)
}

fn caller(right: Right) -> Result<(Context, Person), Problem> {
    Ok((expect_context(), with_status(allowed(person().as_ref(), right))?))
}
