//! Redirects sessions with a pending duty to where it is done, and refuses everything else.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode};
use axum::response::{IntoResponse, Redirect};

use super::is_for_programs;
use super::pending_form::save_and_redirect;
use crate::server::accounts::RequiredAction;
use crate::server::config::Config;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back;

/// Page that changes a temporary password.
pub const CHOOSE_PASSWORD: &str = "/account/choose-password";
/// Page that sets up the second factor.
pub const TWO_STEP: &str = "/account/two-step";

const fn page(duty: RequiredAction) -> &'static str {
    match duty {
        RequiredAction::ChoosePassword => CHOOSE_PASSWORD,
        RequiredAction::SetUpSecondFactor => TWO_STEP,
    }
}

/// Whether a request is allowed before the duty is fulfilled: only those that fulfil it, or sign out.
pub fn allows(duty: RequiredAction, path: &str) -> bool {
    let is_its = path.strip_prefix(page(duty)).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_its || matches!(path, "/sign-out" | "/theme" | "/healthz" | "/readyz")
}

/// Response to all other requests.
pub async fn first(duty: RequiredAction, request: Request, config: &Config) -> Response<Body> {
    if is_for_programs(request.uri().path()) {
        return HttpError::new(StatusCode::FORBIDDEN, duty.instruction()).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return save_and_redirect(request, config, page(duty)).await;
    }
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    Redirect::to(&redirect_back::with_next(page(duty), asked)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_duty_itself_passes() {
        for (duty, passes) in
            [(RequiredAction::ChoosePassword, CHOOSE_PASSWORD), (RequiredAction::SetUpSecondFactor, TWO_STEP)]
        {
            assert!(allows(duty, passes) && allows(duty, "/sign-out"));
            for path in ["/", "/account", "/account/password", "/account/tokens", "/users", "/api/v1/report"]
            {
                assert!(!allows(duty, path), "{path}");
            }
        }
        assert!(
            !allows(RequiredAction::ChoosePassword, TWO_STEP)
                && !allows(RequiredAction::SetUpSecondFactor, CHOOSE_PASSWORD)
        );
        assert!(!allows(RequiredAction::SetUpSecondFactor, "/account/two-steps"));
    }
}
