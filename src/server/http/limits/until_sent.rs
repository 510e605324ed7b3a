//! Keeps a permit until the response body has been sent, so that slow readers occupy it for as long.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::Response;
use axum::http::header::CONTENT_TYPE;
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Attaches a permit to a response until its body has been sent. Event streams hold none; they have limits of
/// their own.
pub fn until_sent<P: Send + 'static>(response: Response<Body>, place: P) -> Response<Body> {
    let is_stream = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if is_stream {
        return response;
    }
    // Small bodies fit into the connection's buffers and are sent at once.
    let is_small = response.body().size_hint().upper().is_some_and(|size| size <= SMALL);
    let place = Arc::new(Mutex::new(Some(place)));
    let giving_back = (!is_small).then(|| {
        let place = Arc::clone(&place);
        let giving_back = tokio::spawn(async move {
            sleep(LONGEST).await;
            place.lock().unwrap_or_else(PoisonError::into_inner).take();
        });
        GivingBack(giving_back)
    });
    response.map(|body| Body::new(Held { body, _place: place, _giving_back: giving_back }))
}

/// Responses smaller than this do not wait for the reader.
const SMALL: u64 = 64 * 1024;
/// Maximum time a permit is held, however slow the reader.
const LONGEST: Duration = Duration::from_secs(60);

/// The task that gives the place back in time; not needed once the body has gone.
struct GivingBack(JoinHandle<()>);

impl Drop for GivingBack {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Held<P> {
    body: Body,
    _place: Arc<Mutex<Option<P>>>,
    _giving_back: Option<GivingBack>,
}

impl<P> HttpBody for Held<P> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
