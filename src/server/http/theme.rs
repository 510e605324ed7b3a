//! `POST /theme`: remembers a theme for browsers without WASM.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use crate::components::theme::{Theme, UnknownTheme};
use crate::server::http::problem::Refused;

/// The form's only field.
#[derive(Debug, Deserialize)]
pub struct Choice {
    theme: String,
}

/// Sets the cookie and leads back to the page the form was on.
pub async fn choose(
    headers: HeaderMap,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<impl IntoResponse, Refused> {
    let theme = form.ok().and_then(|Form(choice)| choice.theme.parse().ok());
    let theme: Theme =
        theme.ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, UnknownTheme.to_string()))?;
    let back = headers.get(REFERER).and_then(|referer| referer.to_str().ok()).and_then(path_of);
    let back = back.unwrap_or_else(|| "/analytics".to_owned());
    Ok((AppendHeaders([(SET_COOKIE, theme.to_cookie())]), Redirect::to(&back)))
}

/// Path and query of a page of ours. `//host` and `/\host` are other sites to a browser.
pub(super) fn path_of(referer: &str) -> Option<String> {
    let uri: Uri = referer.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    (!path.starts_with("//") && !path.starts_with("/\\")).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn leads_back_to_our_own_pages_only() {
        assert_eq!(
            path_of("http://127.0.0.1:3000/analytics?month=2026-09").as_deref(),
            Some("/analytics?month=2026-09")
        );
        assert_eq!(path_of("http://127.0.0.1:3000//example.com"), None);
        assert_eq!(path_of("http://127.0.0.1:3000/\\example.com"), None);
        assert_eq!(path_of("no uri at all"), None);
    }
}
