//! A form that was sent after the session had ended: it is kept, and can be sent once somebody has signed in again.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Response};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::frame::Frame;
use super::parts::table;
use crate::server::config::Config;
use crate::server::context::Context;
use crate::server::http::gate::{MayRead, SIGN_IN};
use crate::server::http::{back, cookies};

/// The most bytes of a form that are kept.
const LONGEST: usize = 2048;
/// The most bytes of a cookie that browsers keep.
const COOKIE_SIZE: usize = 4000;
/// Forms that are kept, and what they do. Those about accounts are not: whoever signs in next may be somebody else.
const KEPT: [(&str, &str); 4] = [
    ("/artists/act", "Add or link an artist"),
    ("/imports/undo", "Undo an import"),
    ("/platforms/set", "Change a platform"),
    ("/syncs/act", "Start, retry or cancel a sync"),
];

/// Name of the cookie that keeps the form: bound to this host, or to this port of it.
fn cookie_name(config: &Config) -> String {
    if config.is_https() { "__Host-kept".to_owned() } else { format!("kept-{}", config.addr.port()) }
}

/// The cookie that removes it.
pub fn gone(config: &Config) -> String {
    let secure = if config.is_https() { "; Secure" } else { "" };
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}", cookie_name(config))
}

/// A form that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    /// Where it was sent.
    action: String,
    /// The page that it is on.
    back: String,
    /// What was entered.
    fields: Vec<(String, String)>,
}

impl Kept {
    /// What can be kept of a request.
    async fn of(request: Request) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        if parts.method != Method::POST || !kind.starts_with("application/x-www-form-urlencoded") {
            return None;
        }
        let body = to_bytes(body, LONGEST).await.ok()?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let back = back::referer(&parts.headers)?;
        let action = parts.uri.path().to_owned();
        does(&action)?;
        Some(Kept { action, back, fields })
    }

    /// The cookie, unless it is too large for one.
    fn cookie(&self, config: &Config) -> Option<String> {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("", &self.action).append_pair("", &self.back).extend_pairs(&self.fields);
        let text = utf8_percent_encode(&text.finish(), NON_ALPHANUMERIC).to_string();
        let secure = if config.is_https() { "; Secure" } else { "" };
        let cookie =
            format!("{}={text}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax{secure}", cookie_name(config));
        (cookie.len() <= COOKIE_SIZE).then_some(cookie)
    }

    fn read(config: &Config, headers: &HeaderMap) -> Option<Self> {
        let text = percent_decode_str(cookies::value(headers, &cookie_name(config))?).decode_utf8().ok()?;
        let mut pairs = form_urlencoded::parse(text.as_bytes()).into_owned();
        let (action, back) = (pairs.next()?.1, pairs.next()?.1);
        let (action, back) = (back::path_of(&action)?, back::path_of(&back)?);
        does(&action)?;
        Some(Kept { action, back, fields: pairs.collect() })
    }
}

/// What a form does that is kept, in words.
fn does(action: &str) -> Option<&'static str> {
    KEPT.iter().find(|(kept, _)| *kept == action).map(|(_, words)| *words)
}

/// Leads somebody to sign in whose form was not taken, and keeps what they had entered.
pub async fn keep(request: Request, config: &Config) -> Response<Body> {
    let (next, cookie) = match Kept::of(request).await.and_then(|kept| kept.cookie(config)) {
        Some(cookie) => ("?next=%2Fresume", cookie),
        // An older one is not this one.
        None => ("", gone(config)),
    };
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&format!("{SIGN_IN}{next}"))).into_response()
}

/// Shows what was entered, to be sent or left.
pub async fn show(
    State(context): State<Context>,
    MayRead(_): MayRead,
    headers: HeaderMap,
    frame: Frame,
) -> Response<Body> {
    let Some(kept) = Kept::read(&context.config, &headers) else {
        return Redirect::to("/").into_response();
    };
    let gone = gone(&context.config);
    let screen = frame.screen("Signed in again", move || {
        let Kept { action, back, fields } = kept;
        let what = does(&action).unwrap_or_default();
        let hidden: Vec<AnyView> = fields
            .iter()
            .map(|(name, value)| {
                view! { <input type="hidden" name=name.clone() value=value.clone() /> }.into_any()
            })
            .collect();
        let rows = fields.into_iter().map(|(name, value)| vec![name.into_any(), value.into_any()]).collect();
        view! {
            <section class="card">
                <h2>{what}</h2>
                <p>"Your session had ended before this was sent. Nothing has happened yet; this is what you had entered:"</p>
                {table("What you had entered", &["Field", "Value"], rows)}
                <form method="post" action=action>
                    {hidden}
                    <button type="submit" class="button">"Send it now"</button>
                </form>
                <p><a class="link" href=back rel="external">"Leave it, and go back"</a></p>
            </section>
        }
        .into_any()
    });
    (AppendHeaders([(SET_COOKIE, gone)]), screen).into_response()
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
        let kept = Kept::of(sent("act=link&id=local-1&isrc=a%20b%3B%3D%26")).await.unwrap();
        assert_eq!((kept.action.as_str(), kept.back.as_str()), ("/artists/act", "/artists?q=x"));
        assert_eq!(kept.fields[2], ("isrc".to_owned(), "a b;=&".to_owned()));
        let config = Config::default();
        let cookie = kept.cookie(&config).unwrap();
        let pair = HeaderValue::from_str(cookie.split(';').next().unwrap()).unwrap();
        assert_eq!(Kept::read(&config, &HeaderMap::from_iter([(COOKIE_HEADER, pair)])), Some(kept));
        assert_eq!(Kept::of(sent(&"x=y&".repeat(1000))).await, None, "too long");
        for path in ["/account/password", "/users", "/users/change", "/sign-out", "/set-up/x"] {
            let mut request = sent("x=y");
            *request.uri_mut() = path.parse().unwrap();
            assert_eq!(Kept::of(request).await, None, "{path}");
        }
    }
}
