//! Starts the server and shuts it down gracefully.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::server::accounts::first_admin;
use crate::server::base::terminal::tell;
use crate::server::http::listen::listen;
use crate::server::state::context::Context;
use crate::server::state::limits::{calls, connections};
use crate::server::state::{metrics, upkeep};
use crate::server::sync::{ProviderKind, WorkerConfig, Workers};

/// Grace period for open requests at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// `serve`: handles requests until SIGTERM or Ctrl-C.
pub async fn serve(context: Context) -> anyhow::Result<()> {
    if context.assets.get("pkg/music-analytics.js").is_none() {
        tracing::warn!(
            "this program was built without the browser bundle, and pages work as plain HTML only: `make build` \
             builds both"
        );
    }
    if context.config.is_unencrypted() {
        tracing::warn!(
            "passwords travel without encryption: put a proxy with https in front, and set MUSIC_ANALYTICS_PUBLIC_URL to \
             its address"
        );
    }
    let _lock = context.db.serve_lock()?;
    match context.provider.kind() {
        Some(ProviderKind::Real) => {}
        Some(ProviderKind::Simulator) => {
            tracing::info!("no Soundcharts credentials: using the built-in simulator with demo data")
        }
        None => tracing::warn!(
            "sync is off: this database holds real data, and there are no Soundcharts credentials"
        ),
    }
    let (stop, stopped) = watch::channel(false);
    let workers =
        Workers::start(&context.db, &context.provider, context.config.sync_workers, WorkerConfig::default())
            .await?;
    let context = Context { wake: workers.wake(), stopping: stopped.clone(), ..context };
    let ending = context.ending.clone();
    connections::allow_open_files(&context.config.sizes);
    let addr = context.config.addr;
    let listener = TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}; MUSIC_ANALYTICS_ADDR sets another address"))?;
    let at = listener.local_addr()?;
    tracing::info!("serving at http://{at}");
    first_admin::from_config(context.accounts()).await?;
    print_setup_link(&context, at).await?;
    if let Some(single_sign_on) = &context.single_sign_on {
        single_sign_on.probe();
    }
    upkeep::start(&context);
    calls::share(Arc::clone(&context.limits), context.db.clone());
    if let Some(addr) = context.config.metrics_addr {
        metrics::serve(context.clone(), addr).await?;
    }

    let asked = shutdown_signal()?;
    tokio::spawn(async move {
        asked.await;
        tracing::info!("stopping");
        stop.send_replace(true);
    });
    let server = listen(listener, &context, wait(stopped.clone()));
    let serving = async {
        tokio::select! {
            () = server => {}
            () = async { wait(stopped.clone()).await; tokio::time::sleep(SHUTDOWN_GRACE).await } => {
                tracing::warn!("requests were still open after {} s and were aborted", SHUTDOWN_GRACE.as_secs());
            }
        }
    };
    let working = async {
        wait(stopped.clone()).await;
        workers.stop().await;
    };
    tokio::join!(serving, working);
    if tokio::time::timeout(SHUTDOWN_GRACE, ending.written()).await.is_err() {
        tracing::warn!("somebody else writes: sessions and accounts that were ended meanwhile begin again");
    }
    Ok(())
}

/// Without accounts, prints a setup link for the first admin. The link is a secret: it goes to the terminal,
/// not to the log.
async fn print_setup_link(context: &Context, at: SocketAddr) -> anyhow::Result<()> {
    if first_admin::exists(&context.db).await? {
        return Ok(());
    }
    let link = format!("{}/set-up/{}", context.config.base_at(at), context.setup_token.reveal());
    tell(&format!("Nobody has an account yet. Create the first admin, once, at\n  {link}"));
    Ok(())
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender was dropped, which happens only after it has signalled.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Completes at the first SIGTERM or SIGINT after the call.
fn shutdown_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
