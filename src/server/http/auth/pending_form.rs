//! Keeps in a cookie a form that was submitted after its session had ended, or before a required step such as
//! two-step sign-in. The resume page offers to submit it afterwards.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Response};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::cookies;
use crate::server::config::Config;
use crate::server::web::redirect_back;

/// Maximum size of a kept form body.
const MAX_FORM_BYTES: usize = 2048;
/// Maximum cookie size that browsers accept.
const COOKIE_SIZE: usize = 4000;

/// A kind of form that is kept.
pub struct ResumableForm {
    action: &'static str,
    /// The heading on the resume page.
    pub does: &'static str,
    /// The fields to show, with labels; other fields are submitted too.
    pub fields: &'static [(&'static str, &'static str)],
}

/// Account forms are not kept, because the next user may be someone else.
const KEPT: [ResumableForm; 4] = [
    ResumableForm {
        action: "/artists/act",
        does: "Add or link an artist",
        fields: &[
            ("act", "To do"),
            ("id", "Artist"),
            ("uuid", "Soundcharts UUID"),
            ("spotify_id", "Spotify ID"),
            ("isrc", "ISRC of a recording"),
        ],
    },
    ResumableForm {
        action: "/imports/undo",
        does: "Undo an import",
        fields: &[("id", "Number of the import")],
    },
    ResumableForm {
        action: "/platforms/set",
        does: "Change a platform",
        fields: &[
            ("platform", "Platform"),
            ("level", "Level"),
            ("metric", "Metric"),
            ("kind", "Kind"),
            ("unit", "Unit"),
            ("enabled", "Enabled"),
            ("mirrors", "Identifiers repeat one counter"),
        ],
    },
    ResumableForm {
        action: "/syncs/act",
        does: "Start, retry or cancel a sync",
        fields: &[("act", "To do")],
    },
];

/// The page that shows the kept form.
pub const PATH: &str = "/resume";

const COOKIE: &str = "kept";
/// Lifetime of the cookie in seconds.
const KEPT_FOR: i64 = 3600;

/// Removes the cookie.
pub fn gone(config: &Config) -> String {
    cookies::expired_host_cookie(config, COOKIE)
}

/// A form that was rejected because the session had expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingForm {
    pub action: String,
    /// The page of the form.
    pub back: String,
    pub fields: Vec<(String, String)>,
}

impl PendingForm {
    /// `None` if the request is not a form that may be kept.
    async fn from_request(request: Request) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        if parts.method != Method::POST || !kind.starts_with("application/x-www-form-urlencoded") {
            return None;
        }
        let body = to_bytes(body, MAX_FORM_BYTES).await.ok()?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let back = redirect_back::referer(&parts.headers)?;
        let action = parts.uri.path().to_owned();
        form_of(&action)?;
        Some(PendingForm { action, back, fields })
    }

    /// The cookie, unless it is too large for one.
    fn cookie(&self, config: &Config) -> Option<String> {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("", &self.action).append_pair("", &self.back).extend_pairs(&self.fields);
        let text = utf8_percent_encode(&text.finish(), NON_ALPHANUMERIC).to_string();
        let cookie = cookies::host_cookie(config, COOKIE, &text, KEPT_FOR);
        (cookie.len() <= COOKIE_SIZE).then_some(cookie)
    }

    /// The form in the cookie.
    pub fn read(config: &Config, headers: &HeaderMap) -> Option<Self> {
        let text = percent_decode_str(cookies::value(headers, &cookies::host_cookie_name(config, COOKIE))?)
            .decode_utf8()
            .ok()?;
        let mut pairs = form_urlencoded::parse(text.as_bytes()).into_owned();
        let (action, back) = (pairs.next()?.1, pairs.next()?.1);
        let (action, back) = (redirect_back::path_of(&action)?, redirect_back::path_of(&back)?);
        form_of(&action)?;
        Some(PendingForm { action, back, fields: pairs.collect() })
    }
}

/// The kind of form with this action, if it may be kept.
pub fn form_of(action: &str) -> Option<&'static ResumableForm> {
    KEPT.iter().find(|form| form.action == action)
}

/// Redirects to a required page and keeps the submitted form.
pub async fn save_and_redirect(request: Request, config: &Config, page: &str) -> Response<Body> {
    let (next, cookie) = match PendingForm::from_request(request).await.and_then(|kept| kept.cookie(config)) {
        Some(cookie) => (PATH, cookie),
        // Remove an older kept form.
        None => ("", gone(config)),
    };
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&redirect_back::with_next(page, next)))
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::{COOKIE as COOKIE_HEADER, REFERER};

    use super::*;

    fn sent(body: &str) -> Request {
        let request = Request::post("/artists/act")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(REFERER, "http://127.0.0.1:3000/artists?q=x");
        request.body(Body::from(body.to_owned())).unwrap()
    }

    #[tokio::test]
    async fn what_was_entered_is_kept_and_secrets_are_not() {
        let kept = PendingForm::from_request(sent("act=link&id=local-1&isrc=a%20b%3B%3D%26")).await.unwrap();
        assert_eq!((kept.action.as_str(), kept.back.as_str()), ("/artists/act", "/artists?q=x"));
        assert_eq!(kept.fields[2], ("isrc".to_owned(), "a b;=&".to_owned()));
        let config = Config::default();
        let cookie = kept.cookie(&config).unwrap();
        let pair = HeaderValue::from_str(cookie.split(';').next().unwrap()).unwrap();
        assert_eq!(PendingForm::read(&config, &HeaderMap::from_iter([(COOKIE_HEADER, pair)])), Some(kept));
        assert_eq!(PendingForm::from_request(sent(&"x=y&".repeat(1000))).await, None, "too long");
        for path in ["/account/password", "/users", "/users/change", "/sign-out", "/set-up/x"] {
            let mut request = sent("x=y");
            *request.uri_mut() = path.parse().unwrap();
            assert_eq!(PendingForm::from_request(request).await, None, "{path}");
        }
    }
}
