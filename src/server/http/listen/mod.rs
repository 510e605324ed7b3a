//! Accepts connections: limited in total and by address, with timeouts for slow readers and writers, and a
//! graceful shutdown.

pub mod serve;
mod stalled;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tower::ServiceExt as _;

use self::stalled::StallTimeout;
use super::router;
use crate::server::state::context::Context;

/// Timeout of the first request on a connection.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Timeout of further request heads, idle time included.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Write timeout.
const WRITE_STALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Pause after a failed accept.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Serves until `stop`, then until open requests are done.
pub async fn listen(listener: TcpListener, context: &Context, stop: impl Future<Output = ()>) {
    let (app, connections) = (router(context.clone()), &context.limits.connections);
    // HTTP/2 and TLS are left to the proxy: browsers use HTTP/2 only over TLS, and one connection could occupy
    // every permit.
    let mut server = Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = async { (connections.place().await, listener.accept().await) } => accepted,
            () = &mut stop => break,
        };
        let (place, Ok((stream, peer))) = accepted else {
            tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            continue;
        };
        // Dropping the stream closes it.
        let Some(counted) = connections.open(place, peer.ip()) else { continue };
        // Responses are written whole, so Nagle's algorithm would only delay them.
        let _ = stream.set_nodelay(true);
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&has_asked);
        let app = app.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            asks.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            request
        });
        let connection = server.serve_connection(
            TokioIo::new(StallTimeout::new(stream, WRITE_STALL_TIMEOUT)),
            TowerToHyperService::new(app),
        );
        let connection = open.watch(connection.into_owned());
        tokio::spawn(async move {
            let _counted = counted;
            let mut connection = std::pin::pin!(connection);
            let ended = match timeout(FIRST_REQUEST_TIMEOUT, &mut connection).await {
                Ok(ended) => ended,
                Err(_) if has_asked.load(Ordering::Relaxed) => connection.await,
                // Dropping the stream closes it.
                Err(_) => Ok(()),
            };
            // Browsers close connections all the time, so this is not a warning.
            if let Err(error) = ended {
                tracing::debug!(error, "connection closed early");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}
