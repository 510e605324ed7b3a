//! Single sign-on in the browser: the button, the way to the provider, and the way back. Whatever goes wrong leads to the
//! sign-in page with a sentence, so that no code stays in the address.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Form, Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use leptos::prelude::*;

use super::parts::hidden;
use super::sign_in::{Next, entered};
use crate::domain::view::told::Told;
use crate::server::accounts::oidc::{Callback, Failure, SingleSignOn};
use crate::server::accounts::sessions::Origin;
use crate::server::context::Context;
use crate::server::flash;
use crate::server::http::cookies;
use crate::server::http::gate::SIGN_IN;
use crate::server::http::problem::Refused;

/// The button on the sign-in page: a form, so that no other site begins it.
pub fn button(name: &str, next: &str) -> AnyView {
    view! {
        <form method="post" action="/sign-in/single-sign-on" class="entrance-other">
            {hidden("next", next)}
            <button type="submit" class="button-quiet">"Continue with " {name.to_owned()}</button>
        </form>
    }
    .into_any()
}

/// Leads to the provider.
pub async fn begin(
    State(context): State<Context>,
    origin: Origin,
    Form(Next { next }): Form<Next>,
) -> Result<Response<Body>, Refused> {
    let single_sign_on = configured(&context)?;
    match single_sign_on.begin(&context, &next, &origin).await {
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

/// Lets in whoever comes back from the provider, or says why not.
pub async fn end(
    State(context): State<Context>,
    origin: Origin,
    headers: HeaderMap,
    callback: Result<Query<Callback>, QueryRejection>,
) -> Result<Response<Body>, Refused> {
    let single_sign_on = configured(&context)?;
    let kept = cookies::value(&headers, &cookies::flow_name(&context.config));
    // What names something twice is no answer of a provider, and as good as none.
    let callback = callback.map(|Query(callback)| callback).unwrap_or_default();
    match single_sign_on.end(&context, callback, kept, &origin).await {
        Ok(done) => {
            let gone = AppendHeaders([(SET_COOKIE, cookies::no_flow(&context.config))]);
            Ok((gone, entered(&context, &done.token, &done.next)).into_response())
        }
        Err(failure) => back(&context, single_sign_on, failure),
    }
}

fn configured(context: &Context) -> Result<&SingleSignOn, Refused> {
    let missing =
        || Refused::new(StatusCode::NOT_FOUND, "There is no single sign-on here: sign in with a password.");
    context.single_sign_on.as_ref().ok_or_else(missing)
}

/// Back to the sign-in page, which tells what to do.
fn back(
    context: &Context,
    single_sign_on: &SingleSignOn,
    failure: Failure,
) -> Result<Response<Body>, Refused> {
    let words = failure.sentence(single_sign_on.name());
    if let Failure::Server(error) = failure {
        return Err(error.into());
    }
    // One that is under way goes on, whoever sends this browser here meanwhile.
    let gone = (!matches!(failure, Failure::Stale)).then(|| cookies::no_flow(&context.config));
    let told = flash::cookie(&Told { is_good: false, words });
    let cookies: Vec<_> =
        [Some(told), gone].into_iter().flatten().map(|cookie| (SET_COOKIE, cookie)).collect();
    Ok((StatusCode::SEE_OTHER, AppendHeaders(cookies), [(LOCATION, SIGN_IN)]).into_response())
}
