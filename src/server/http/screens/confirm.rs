//! "Confirm your identity": asks for the password before a form that changes access is processed, unless it
//! was confirmed in the last minutes. The form's fields are passed along and processed after confirmation.

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::frame::Frame;
use super::parts::{cancel_link, code, hidden, password, sign_out_form};
use crate::domain::accounts::Right;
use crate::server::accounts::confirm::{self, Proof, ProofInput, RequiredProof};
use crate::server::accounts::{Person, require_person};
use crate::server::error::Error;
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back;

/// Fields of the confirmation itself, in addition to those of the original form.
const PASSWORD: &str = "confirm-password";
const CODE: &str = "confirm-code";

/// Extractor of a form from a user who has confirmed their identity.
#[derive(Debug, Clone)]
pub struct Confirmed<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<Context> for Confirmed<T> {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, context: &Context) -> Result<Self, Response<Body>> {
        let (mut parts, body) = request.into_parts();
        let Ok(frame) = Frame::from_request_parts(&mut parts, context).await;
        let person = require_person(parts.extensions.get(), Right::Read);
        let person = person.map_err(|problem| HttpError::from(problem).into_response())?;
        let page = ConfirmPage {
            frame,
            action: parts.uri.path().to_owned(),
            back: redirect_back::referer(&parts.headers).unwrap_or_else(|| "/account".to_owned()),
        };
        let request = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(request, context).await.map_err(IntoResponse::into_response)?;
        let request = Request::from_parts(parts, Body::from(body.clone()));
        let form = Form::from_request(request, context).await.map_err(IntoResponse::into_response)?;
        let fields = form_urlencoded::parse(&body).into_owned().collect();
        match page.challenge(context, &person, fields).await {
            Ok(None) => Ok(Confirmed(form.0)),
            Ok(Some(answer)) => Err(answer),
            Err(error) => Err(HttpError::from(error).into_response()),
        }
    }
}

/// The confirmation page.
struct ConfirmPage {
    frame: Frame,
    /// The action of the original form.
    action: String,
    /// The page of the original form.
    back: String,
}

impl ConfirmPage {
    /// Returns the confirmation page if confirmation is still needed.
    async fn challenge(
        self,
        context: &Context,
        person: &Person,
        fields: Vec<(String, String)>,
    ) -> Result<Option<Response<Body>>, Error> {
        let asked = confirm::required_proof(&mut *context.db.read().await?, person).await?;
        if asked == RequiredProof::Nothing {
            return Ok(None);
        }
        if asked == RequiredProof::SignIn {
            return Ok(Some(self.sign_in_again()));
        }
        let (own, fields): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name == PASSWORD || name == CODE);
        let own = |field: &str| own.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str());
        let Some(password) = own(PASSWORD) else {
            return Ok(Some(self.ask(StatusCode::OK, "", asked, fields)));
        };
        let given = ProofInput { password, code: own(CODE).unwrap_or_default() };
        Ok(match confirm::reauthenticate(context.accounts(), person, given).await? {
            Proof::Given(_) => None,
            Proof::Wrong => {
                let words = match asked {
                    RequiredProof::Both => "The password or the code is wrong.",
                    _ => "The password is wrong.",
                };
                Some(self.ask(StatusCode::UNAUTHORIZED, words, asked, fields))
            }
            Proof::Wait(seconds) => {
                let words = format!("Too many attempts. Try again in {seconds} s.");
                let mut page = self.ask(StatusCode::TOO_MANY_REQUESTS, &words, asked, fields);
                page.headers_mut().insert(RETRY_AFTER, seconds.into());
                Some(page)
            }
        })
    }

    /// For users without a password, who sign in by single sign-on.
    fn sign_in_again(self) -> Response<Body> {
        let ConfirmPage { frame, back, .. } = self;
        frame.without_notice().card(StatusCode::OK, "Sign in again", move || {
            view! {
                <p>"This changes who has access, and you signed in more than ten minutes ago. Sign out, sign in again, then repeat the change. Nothing has changed yet."</p>
                {sign_out_form()}
                {cancel_link(back)}
            }
            .into_any()
        })
    }

    fn ask(
        self,
        status: StatusCode,
        failure: &str,
        asked: RequiredProof,
        fields: Vec<(String, String)>,
    ) -> Response<Body> {
        let ConfirmPage { frame, action, back } = self;
        let frame = if failure.is_empty() { frame.without_notice() } else { frame.with_error(failure) };
        frame.card(status, "Confirm your identity", move || {
            let fields: Vec<AnyView> = fields.iter().map(|(name, value)| hidden(name, value)).collect();
            view! {
                <p>"This changes who has access, so enter your password again."</p>
                <form method="post" action=action class="entrance-form">
                    {fields}
                    {password(PASSWORD, "Password")}
                    {(asked == RequiredProof::Both).then(|| code(CODE))}
                    <button type="submit" class="button">"Continue"</button>
                </form>
                {cancel_link(back)}
            }
            .into_any()
        })
    }
}
