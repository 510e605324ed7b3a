//! Keeps a form that was sent after its session had ended, or before a required step such as two-step sign-in, and offers
//! to send it afterwards.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Response};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::frame::Frame;
use super::parts::{cancel_link, hidden, table};
use crate::server::config::Config;
use crate::server::http::auth::{RequireRead, cookies};
use crate::server::state::context::Context;
use crate::server::web::redirect_back;

/// Maximum size of a kept form body.
const MAX_FORM_BYTES: usize = 2048;
/// Maximum cookie size that browsers accept.
const COOKIE_SIZE: usize = 4000;

/// A kind of form that is kept.
struct ResumableForm {
    action: &'static str,
    /// The heading on the resume page.
    does: &'static str,
    /// The fields to show, with labels; other fields are submitted too.
    fields: &'static [(&'static str, &'static str)],
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

/// The screen's path.
pub const PATH: &str = "/resume";

const COOKIE: &str = "kept";
/// Lifetime of the cookie in seconds.
const KEPT_FOR: i64 = 3600;

/// The cookie that removes it.
pub fn gone(config: &Config) -> String {
    cookies::expired_host_cookie(config, COOKIE)
}

/// A form that was rejected because the session had expired.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PendingForm {
    action: String,
    /// The page of the form.
    back: String,
    fields: Vec<(String, String)>,
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

    fn read(config: &Config, headers: &HeaderMap) -> Option<Self> {
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
fn form_of(action: &str) -> Option<&'static ResumableForm> {
    KEPT.iter().find(|form| form.action == action)
}

/// Redirects to a page that has to come first, and keeps the form that was sent.
pub async fn save_and_sign_in(request: Request, config: &Config, page: &str) -> Response<Body> {
    let (next, cookie) = match PendingForm::from_request(request).await.and_then(|kept| kept.cookie(config)) {
        Some(cookie) => (PATH, cookie),
        // Remove an older kept form.
        None => ("", gone(config)),
    };
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&redirect_back::with_next(page, next)))
        .into_response()
}

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
