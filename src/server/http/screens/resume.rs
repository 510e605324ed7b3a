//! A form that was sent after the session had ended: it is kept, and can be sent once somebody has signed in again.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Response};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::frame::Frame;
use super::parts::table;
use crate::server::http::gate::{MayRead, SIGN_IN};
use crate::server::http::{back, cookies};

/// Name of the cookie that keeps the form.
const COOKIE: &str = "kept";
/// The most bytes of a form that are kept: cookies are limited.
const LONGEST: usize = 2048;
/// Fields that are nobody's to keep.
const SECRET: [&str; 3] = ["password", "before", "after"];

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
        let is_secret = |(name, _): &(String, String)| SECRET.contains(&name.as_str());
        let back = back::referer(&parts.headers)?;
        let action = parts.uri.path().to_owned();
        (!fields.iter().any(is_secret)).then_some(Kept { action, back, fields })
    }

    fn cookie(&self, is_https: bool) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("", &self.action).append_pair("", &self.back).extend_pairs(&self.fields);
        let text = utf8_percent_encode(&text.finish(), NON_ALPHANUMERIC).to_string();
        let secure = if is_https { "; Secure" } else { "" };
        format!("{COOKIE}={text}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax{secure}")
    }

    fn read(headers: &HeaderMap) -> Option<Self> {
        let text = percent_decode_str(cookies::value(headers, COOKIE)?).decode_utf8().ok()?;
        let mut pairs = form_urlencoded::parse(text.as_bytes()).into_owned();
        let (action, back) = (pairs.next()?.1, pairs.next()?.1);
        let (action, back) = (back::path_of(&action)?, back::path_of(&back)?);
        Some(Kept { action, back, fields: pairs.collect() })
    }
}

/// Leads somebody to sign in whose form was not taken, and keeps what they had entered.
pub async fn keep(request: Request, is_https: bool) -> Response<Body> {
    let Some(kept) = Kept::of(request).await else { return Redirect::to(SIGN_IN).into_response() };
    let cookie = AppendHeaders([(SET_COOKIE, kept.cookie(is_https))]);
    (cookie, Redirect::to(&format!("{SIGN_IN}?next=%2Fresume"))).into_response()
}

/// Shows what was entered, to be sent or left.
pub async fn show(MayRead(_): MayRead, headers: HeaderMap, frame: Frame) -> Response<Body> {
    let Some(kept) = Kept::read(&headers) else { return Redirect::to("/").into_response() };
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    let screen = frame.screen("Signed in again", move || {
        let Kept { action, back, fields } = kept;
        let hidden: Vec<AnyView> = fields
            .iter()
            .map(|(name, value)| {
                view! { <input type="hidden" name=name.clone() value=value.clone() /> }.into_any()
            })
            .collect();
        let rows = fields.into_iter().map(|(name, value)| vec![name.into_any(), value.into_any()]).collect();
        view! {
            <section class="card">
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
        let cookie = kept.cookie(false);
        let pair = HeaderValue::from_str(cookie.split(';').next().unwrap()).unwrap();
        assert_eq!(Kept::read(&HeaderMap::from_iter([(COOKIE_HEADER, pair)])), Some(kept));
        for refused in ["email=a&password=b", "before=a&after=b", &"x=y&".repeat(1000)] {
            assert_eq!(Kept::of(sent(refused)).await, None, "{refused}");
        }
    }
}
