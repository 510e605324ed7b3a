//! Flash messages: the result of an action, shown once on the next page. They travel in a short-lived cookie,
//! because browsers without WASM are redirected after a form post.

use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::server::web::cookies;
use crate::view::forms::notice::Notice;

/// Name of the cookie.
const COOKIE: &str = "told";
/// The cookie that removes it.
pub const CLEAR_COOKIE: &str = "told=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
/// Maximum length of a message, because cookies are limited.
const LONGEST: usize = 600;

/// The cookie of the flash message.
pub fn cookie(notice: &Notice) -> String {
    let words: String = notice.text.chars().take(LONGEST).collect();
    let mark = if notice.is_success { '+' } else { '-' };
    let text = utf8_percent_encode(&words, NON_ALPHANUMERIC);
    format!("{COOKIE}={mark}{text}; Path=/; Max-Age=30; HttpOnly; SameSite=Lax")
}

/// Redirects to a page that shows the notice once.
pub fn redirect(notice: &Notice, to: &str) -> impl IntoResponse + use<> {
    (AppendHeaders([(SET_COOKIE, cookie(notice))]), Redirect::to(to))
}

/// The result of an action, shown once.
pub fn take() -> Option<Notice> {
    let notice = read(&use_context::<Parts>()?.headers)?;
    if let (Some(response), Ok(gone)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(CLEAR_COOKIE))
    {
        response.append_header(SET_COOKIE, gone);
    }
    Some(notice)
}

/// A new secret, shown once on the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeSecret {
    /// Title, for example "The password of ada@example.com".
    pub title: String,
    /// The secret.
    pub text: String,
}

/// Name of the cookie that passes a secret to its page.
const MADE: &str = "made";

impl OneTimeSecret {
    /// The cookie, restricted to the page at `path`: not readable by scripts, not sent by other sites, and deleted
    /// with the page or the browser.
    pub fn cookie(&self, path: &str) -> String {
        let part = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (title, text) = (part(&self.title), part(&self.text));
        format!("{MADE}={title}.{text}; Path={path}; HttpOnly; SameSite=Strict")
    }

    /// The cookie that removes it.
    pub fn gone(path: &str) -> String {
        format!("{MADE}=; Path={path}; Max-Age=0; HttpOnly; SameSite=Strict")
    }

    /// The raw cookie value of a request.
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let (title, text) = cookies::value(headers, MADE)?.split_once('.')?;
        let part = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).ok();
        Some(OneTimeSecret { title: part(title)?, text: part(text)? })
    }
}

/// The flash message of a request.
pub fn read(headers: &HeaderMap) -> Option<Notice> {
    let value = cookies::value(headers, COOKIE)?;
    let is_good = value.starts_with('+');
    let words = percent_decode_str(value.get(1..)?).decode_utf8().ok()?.into_owned();
    (!words.is_empty()).then_some(Notice { is_success: is_good, text: words })
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE as COOKIE_HEADER;

    use super::*;

    fn sent(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE_HEADER, cookies.parse().unwrap())])
    }

    #[test]
    fn what_is_told_arrives() {
        for is_good in [true, false] {
            let notice = Notice { is_success: is_good, text: "“Größe”; a=b, 100 %".to_owned() };
            let cookie = cookie(&notice);
            let pair = cookie.split(';').next().unwrap();
            assert_eq!(read(&sent(&format!("theme=dark; {pair}"))), Some(notice));
        }
        let made =
            OneTimeSecret { title: "The password of ada.b@example.com".to_owned(), text: "a.b;c".to_owned() };
        let cookie = made.cookie("/users");
        assert!(cookie.ends_with("; Path=/users; HttpOnly; SameSite=Strict"), "{cookie}");
        assert_eq!(OneTimeSecret::read(&sent(cookie.split(';').next().unwrap())), Some(made));
        assert_eq!(OneTimeSecret::read(&sent("made=")), None);
        assert_eq!(read(&sent("theme=dark; told=")), None);
        assert_eq!(read(&sent(CLEAR_COOKIE.split(';').next().unwrap())), None);
    }
}
