//! Single sign-on: button, redirect to the provider, and callback. Every failure redirects to the sign-in
//! page with a message, so that no authorization code stays in the URL.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Form, Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use leptos::prelude::*;

use super::parts::hidden;
use super::sign_in::{NextForm, redirect_signed_in};
use crate::server::accounts::Origin;
use crate::server::accounts::oidc::{Callback, Failure, SingleSignOn};
use crate::server::http::auth::{SIGN_IN, cookies};
use crate::server::state::context::Context;
use crate::server::web::flash;
use crate::server::web::problem::HttpError;
use crate::view::forms::notice::Notice;

/// The button on the sign-in page. A POST form, so that other sites cannot start a sign-in.
pub fn button(name: &str, next: &str) -> AnyView {
    view! {
        <form method="post" action="/sign-in/single-sign-on" class="entrance-other">
            {hidden("next", next)}
            <button type="submit" class="button-quiet">"Continue with " {name.to_owned()}</button>
        </form>
    }
    .into_any()
}

/// Redirects to the provider.
pub async fn begin(
    State(context): State<Context>,
    origin: Origin,
    Form(NextForm { next }): Form<NextForm>,
) -> Result<Response<Body>, HttpError> {
    let single_sign_on = configured(&context)?;
    match single_sign_on.begin(context.accounts(), &next, &origin).await {
        Ok((address, kept)) => {
            let cookie = AppendHeaders([(SET_COOKIE, cookies::flow(&context.config, &kept))]);
            Ok((StatusCode::SEE_OTHER, cookie, [(LOCATION, address)]).into_response())
        }
        Err(failure) => {
            tracing::warn!(target: "security", %failure, address = origin.address, "no single sign-on was begun");
            back(&context, single_sign_on, failure)
        }
    }
}

/// Handles the provider's callback: signs in, or shows the error.
pub async fn end(
    State(context): State<Context>,
    origin: Origin,
    headers: HeaderMap,
    callback: Result<Query<Callback>, QueryRejection>,
) -> Result<Response<Body>, HttpError> {
    let single_sign_on = configured(&context)?;
    let kept = cookies::value(&headers, &cookies::flow_name(&context.config));
    // Treat a callback with repeated parameters as an empty one.
    let callback = callback.map(|Query(callback)| callback).unwrap_or_default();
    match single_sign_on.end(context.accounts(), callback, kept, &origin).await {
        Ok(done) => {
            let gone = AppendHeaders([(SET_COOKIE, cookies::no_flow(&context.config))]);
            Ok((gone, redirect_signed_in(&context, &done.token, &done.next)).into_response())
        }
        Err(failure) => back(&context, single_sign_on, failure),
    }
}

fn configured(context: &Context) -> Result<&SingleSignOn, HttpError> {
    let missing =
        || HttpError::new(StatusCode::NOT_FOUND, "There is no single sign-on here: sign in with a password.");
    context.single_sign_on.as_ref().ok_or_else(missing)
}

/// Redirects to the sign-in page with the failure's message.
fn back(
    context: &Context,
    single_sign_on: &SingleSignOn,
    failure: Failure,
) -> Result<Response<Body>, HttpError> {
    let words = failure.sentence(single_sign_on.name());
    if let Failure::Server(error) = failure {
        return Err(error.into());
    }
    // Keep the cookie of a running sign-in: a stale callback may come from another site.
    let gone = (!matches!(failure, Failure::Stale)).then(|| cookies::no_flow(&context.config));
    let notice = flash::cookie(&Notice::error(words));
    let cookies: Vec<_> =
        [Some(notice), gone].into_iter().flatten().map(|cookie| (SET_COOKIE, cookie)).collect();
    Ok((StatusCode::SEE_OTHER, AppendHeaders(cookies), [(LOCATION, SIGN_IN)]).into_response())
}
