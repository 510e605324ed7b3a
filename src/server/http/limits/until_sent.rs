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
        ReleaseTimer(giving_back)
    });
    let held = (place, giving_back);
    response.map(|body| Body::new(PermitBody { body, rest: Bytes::new(), _held: held }))
}

/// Sends the response in pieces and holds `place` until the last one is taken.
pub(super) fn until_taken<P: Send + Unpin + 'static>(response: Response<Body>, place: P) -> Response<Body> {
    response.map(|body| Body::new(PermitBody { body, rest: Bytes::new(), _held: place }))
}

/// Responses smaller than this do not wait for the reader.
pub(super) const SMALL: u64 = crate::server::state::limits::large::UNIT;
/// Maximum time a permit is held, however slow the reader.
const LONGEST: Duration = Duration::from_secs(60);

/// Releases the permit after the maximum time; not needed once the body has been sent.
struct ReleaseTimer(JoinHandle<()>);

impl Drop for ReleaseTimer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A body sent in pieces: the connection would buffer it whole and drop it early, releasing the permit.
struct PermitBody<P> {
    body: Body,
    rest: Bytes,
    _held: P,
}

impl<P: Unpin> HttpBody for PermitBody<P> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                other => return other,
            }
        }
        let piece = self.rest.len().min(SMALL as usize);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, of_body) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(of_body.lower() + rest);
        if let Some(upper) = of_body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn a_place_is_held_while_anything_is_left_to_send() {
        let place = Arc::new(());
        let bytes = Bytes::from((0..200_000_u32).map(|byte| byte as u8).collect::<Vec<_>>());
        let answer = || until_sent(Response::new(Body::from(bytes.clone())), Arc::clone(&place));
        assert_eq!(to_bytes(answer().into_body(), usize::MAX).await.unwrap(), bytes);
        // Lets the first task finish.
        tokio::task::yield_now().await;
        let mut body = answer().into_body();
        assert_eq!(body.size_hint().exact(), Some(200_000));
        for left in [3, 2, 1, 0] {
            assert_eq!((body.is_end_stream(), Arc::strong_count(&place)), (false, 2), "{left} more pieces");
            let piece = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            assert!(piece.unwrap().unwrap().into_data().unwrap().len() as u64 <= SMALL);
        }
        assert!(body.is_end_stream());
        drop(body);
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&place), 1);
    }
}
