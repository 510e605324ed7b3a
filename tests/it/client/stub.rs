//! A stub provider with configurable replies that records requests.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use futures_util::stream;
use music_analytics::domain::Day;
use music_analytics::domain::sync::window::Window;
use music_analytics::server::provider::{Client, Credentials, InMemoryLimiter, Limits, Settings};
use serde_json::{Value, json};
use uuid::Uuid;

pub const USAGE: &str = "/api/v2/team/usage";
pub const SONG: Uuid = Uuid::from_u128(0x7d53_4228_5165_11e9_9375_549f_3516_1576);
pub const ARTIST: Uuid = Uuid::from_u128(0x11e8_1bcc_9c1c_ce38_b96b_a036_9fe5_0396);

/// A recorded request.
#[derive(Debug, Clone)]
pub struct RecordedRequest {
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
    /// The number of earlier requests with the same path and query.
    pub before: usize,
}

impl RecordedRequest {
    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into())
    }

    pub fn offset(&self) -> usize {
        self.parameter("offset").unwrap().parse().unwrap()
    }

    /// The days from `startDate` to `endDate`.
    pub fn days(&self) -> Vec<Day> {
        let day = |name| self.parameter(name).unwrap().parse::<Day>().unwrap();
        day("startDate").up_to(day("endDate")).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A configured reply.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    delay: Duration,
    is_cut: bool,
}

impl Reply {
    pub fn raw(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Reply { status, headers: Vec::new(), body: body.into(), delay: Duration::ZERO, is_cut: false }
    }

    pub fn json(body: &Value) -> Self {
        Self::raw(200, body.to_string())
    }

    /// An error in the provider's shape.
    pub fn error(status: u16, message: &str) -> Self {
        Self::raw(
            status,
            json!({"errors": [{"key": "access", "code": status, "message": message}]}).to_string(),
        )
    }

    /// A page with the whole list.
    pub fn list(items: &Value) -> Self {
        Self::page(items, items.as_array().unwrap().len(), None)
    }

    pub fn page(items: &Value, total: usize, next: Option<&str>) -> Self {
        Self::json(&json!({"items": items, "page": {"next": next, "total": total}, "errors": []}))
    }

    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Delays the reply.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Closes the connection in the middle of the body.
    pub fn cut(mut self) -> Self {
        self.is_cut = true;
        self
    }

    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        if !self.is_cut {
            return response.body(Body::from(self.body)).unwrap();
        }
        let half = Bytes::from(self.body[..self.body.len() / 2].to_vec());
        let parts = [Ok(half), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
        response
            .header("content-length", self.body.len())
            .body(Body::from_stream(stream::iter(parts)))
            .unwrap()
    }
}

type ReplyFn = Box<dyn Fn(&RecordedRequest) -> Reply + Send + Sync>;

struct Inner {
    answer: ReplyFn,
    seen: Mutex<Vec<RecordedRequest>>,
    /// Remaining calls, if counted; replies with data cost one.
    quota: Mutex<Option<i64>>,
    busy: AtomicUsize,
    busiest: AtomicUsize,
}

#[derive(Clone)]
pub struct Stub {
    pub base: String,
    inner: Arc<Inner>,
}

impl Stub {
    pub async fn start(answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_quota(None, answer).await
    }

    /// A stub that counts down a quota and reports it.
    pub async fn with_quota(
        quota: Option<i64>,
        answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            answer: Box::new(answer),
            seen: Mutex::default(),
            quota: Mutex::new(quota),
            busy: AtomicUsize::new(0),
            busiest: AtomicUsize::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(handle).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Stub { base, inner }
    }

    /// All requests except quota requests.
    pub fn seen(&self) -> Vec<RecordedRequest> {
        let seen = self.inner.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.path != USAGE).cloned().collect()
    }

    /// The number of quota requests.
    pub fn probes(&self) -> usize {
        self.inner.seen.lock().unwrap().iter().filter(|seen| seen.path == USAGE).count()
    }

    pub fn quota(&self) -> Option<i64> {
        *self.inner.quota.lock().unwrap()
    }

    /// The maximum number of concurrent requests.
    pub fn busiest(&self) -> usize {
        self.inner.busiest.load(Ordering::SeqCst)
    }

    /// Client settings with short timeouts for tests.
    pub fn settings(&self) -> Settings {
        let limits = Limits {
            first_wait: Duration::from_millis(1),
            longest_wait: Duration::from_millis(4),
            told_margin: Duration::ZERO,
            read: Duration::from_millis(200),
            total: Duration::from_secs(2),
            ..Limits::default()
        };
        Settings { limits, ..Settings::new(self.base.parse().unwrap(), Credentials::sandbox()) }
    }

    pub fn client(&self) -> Client {
        client(self.settings())
    }
}

async fn handle(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let (path, query) = (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned());
    let seen = {
        let mut all = inner.seen.lock().unwrap();
        let before = all.iter().filter(|seen| seen.path == path && seen.query == query).count();
        let seen = RecordedRequest { path, query, headers, body, before };
        all.push(seen.clone());
        seen
    };
    let is_usage = seen.path == USAGE;
    let busy = inner.busy.fetch_add(1, Ordering::SeqCst) + 1;
    inner.busiest.fetch_max(busy, Ordering::SeqCst);
    let mut reply = if is_usage { Reply::json(&json!({"usage": {}})) } else { (inner.answer)(&seen) };
    let is_data = (200..300).contains(&reply.status) && !is_usage && seen.path != "/oauth/token";
    if let Some(quota) = inner.quota.lock().unwrap().as_mut() {
        *quota -= i64::from(is_data);
        reply = reply.header("x-quota-remaining", *quota);
    }
    tokio::time::sleep(reply.delay).await;
    inner.busy.fetch_sub(1, Ordering::SeqCst);
    reply.into_response()
}

/// A client without rate limit.
pub fn client(settings: Settings) -> Client {
    Client::new(settings, Arc::new(InMemoryLimiter::new(NonZeroU32::new(10_000_000).unwrap()))).unwrap()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A window of `days` days from 2026-09-01.
pub fn window(days: i32) -> Window {
    Window::new(day("2026-09-01"), day("2026-09-01") + (days - 1)).unwrap()
}

/// A row of a song's audience: the day's number as the value of identifier "a".
pub fn row(day: Day) -> Value {
    json!({"date": format!("{day}T00:00:00+00:00"), "plots": [{"identifier": "a", "value": day.number()}]})
}

/// The rows of the requested days.
pub fn rows(seen: &RecordedRequest) -> Value {
    seen.days().into_iter().map(row).collect()
}
