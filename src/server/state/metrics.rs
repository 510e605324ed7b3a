//! Prometheus metrics: requests, syncs, provider calls, age of the data. Served on an address of its own
//! without authentication; do not expose it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::context::Context;
use crate::server::base::clock::today;
use crate::server::error::Error;
use crate::server::store::tables::backlog;

/// Upper bounds of the histogram buckets, in seconds.
const TIMES: [f64; 11] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Interval of measuring the age of the data, which changes slowly and scans every track.
const AGE_KEPT: Duration = Duration::from_secs(300);

/// Installs the recorder and serves the metrics at an address.
///
/// # Errors
/// The address is in use.
pub async fn serve(context: Context, addr: SocketAddr) -> anyhow::Result<()> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("http_request_duration_seconds".to_owned()), &TIMES)?
        .install_recorder()?;
    gauge!("build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let listener = TcpListener::bind(addr).await.with_context(|| {
        format!("cannot listen on {addr}; MUSIC_ANALYTICS_METRICS_ADDR sets another address")
    })?;
    tracing::info!("metrics at http://{}/metrics", listener.local_addr()?);
    let app = Router::new().route("/metrics", get(show)).with_state(Metrics {
        recorder,
        context,
        aged: Arc::default(),
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(())
}

#[derive(Clone)]
struct Metrics {
    recorder: PrometheusHandle,
    context: Context,
    /// When the age of the data was last measured.
    aged: Arc<Mutex<Option<Instant>>>,
}

async fn show(State(metrics): State<Metrics>) -> impl IntoResponse {
    if let Err(error) = metrics.look().await {
        tracing::error!(%error, "cannot read database metrics");
        return (StatusCode::SERVICE_UNAVAILABLE, [(CONTENT_TYPE, "text/plain")], String::new());
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (StatusCode::OK, [(CONTENT_TYPE, kind)], metrics.recorder.render())
}

impl Metrics {
    /// Updates the gauges read from the database.
    async fn look(&self) -> Result<(), Error> {
        let mut tx = self.context.db.read().await?;
        for (state, count) in backlog::syncs(&mut tx).await? {
            gauge!("syncs", "state" => state.as_str()).set(count as f64);
        }
        for (state, count) in backlog::units(&mut tx).await? {
            gauge!("sync_units", "state" => state).set(count as f64);
        }
        if let Some(left) = self.context.provider.quota_left(&mut tx).await? {
            gauge!("provider_quota_left").set(left as f64);
        }
        let mut aged = self.aged.lock().await;
        if aged.is_none_or(|aged| aged.elapsed() > AGE_KEPT) {
            for (platform, newest) in backlog::newest_days(&mut tx).await? {
                gauge!("data_age_days", "platform" => platform).set(f64::from(today() - newest));
            }
            *aged = Some(Instant::now());
        }
        Ok(())
    }
}
