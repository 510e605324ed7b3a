//! Takes connections: so many at once, none that takes its time to say what it wants, and none cut off when the
//! server stops.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// Connections at once; more wait.
const AT_ONCE: usize = 4_096;
/// How long a connection may take to send the head of a request, or be idle.
const HEAD: Duration = Duration::from_secs(30);
/// The pause after the system had no connection to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, and then until the requests that are open have ended.
pub async fn listen(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    server.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD).max_concurrent_streams(100);
    let (open, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(AT_ONCE)));
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let accepted = tokio::select! {
            accepted = async { (place.await, listener.accept().await) } => accepted,
            () = &mut stop => break,
        };
        let (place, Ok((stream, peer))) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Answers are written whole: nothing is to be waited for.
        let _ = stream.set_nodelay(true);
        let app = app.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            request
        });
        let connection =
            server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            // Browsers break connections off all the time.
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection ended early");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}
