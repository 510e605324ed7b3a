//! Shows a form that was kept while its user signed in, and submits it.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Response};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::*;

use super::frame::Frame;
use super::parts::{cancel_link, hidden, table};
use crate::server::http::auth::RequireRead;
use crate::server::http::auth::pending_form::{PendingForm, ResumableForm, form_of, gone};
use crate::server::state::context::Context;

/// Shows the kept form for confirmation.
pub async fn show(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    headers: HeaderMap,
    frame: Frame,
) -> Response<Body> {
    let Some(kept) = PendingForm::read(&context.config, &headers) else {
        return Redirect::to("/").into_response();
    };
    let gone = gone(&context.config);
    let screen = frame.screen("Not sent yet", move || {
        let PendingForm { action, back, fields } = kept;
        let form = form_of(&action).expect("it was read with its form");
        let rows = shown(form, &fields);
        let entered =
            (!rows.is_empty()).then(|| table("What you entered", &["What", "Value"], rows).into_any());
        let hidden: Vec<AnyView> = fields.iter().map(|(name, value)| hidden(name, value)).collect();
        view! {
            <section class="card">
                <h2>{form.does}</h2>
                <p>"You had to sign in or set something up before this could be sent. Nothing has changed yet."</p>
                {entered}
                <form method="post" action=action>
                    {hidden}
                    <button type="submit" class="button">"Send now"</button>
                </form>
                {cancel_link(back)}
            </section>
        }
        .into_any()
    });
    (AppendHeaders([(SET_COOKIE, gone)]), screen).into_response()
}

/// The entered values with labels.
fn shown(form: &ResumableForm, fields: &[(String, String)]) -> Vec<Vec<AnyView>> {
    let named = form.fields.iter().filter_map(|(name, words)| {
        let (_, value) = fields.iter().find(|(entered, value)| entered == name && !value.is_empty())?;
        let value = if value == "true" { "yes".to_owned() } else { value.clone() };
        Some(vec![(*words).into_any(), value.into_any()])
    });
    named.collect()
}
