//! `music-analytics simulate`: serves the Soundcharts simulator on loopback until Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::Day;
use crate::server::base::terminal::tell;
use crate::server::ingest::catalogue::files;
use crate::server::simulator::fault::Rule;
use crate::server::simulator::settings::{Knobs, Settings, TRIAL};
use crate::server::simulator::{Simulator, serve};

/// What to stand in with, and how well it behaves.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Where to listen; loopback addresses only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3900", value_parser = loopback)]
    addr: SocketAddr,
    /// CSV files of `import` to serve; the demo catalogue without any.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    data: Vec<PathBuf>,
    /// How long every answer takes, in milliseconds.
    #[arg(long, value_name = "N", default_value_t = 0)]
    latency_ms: u64,
    /// Requests a minute before 429; 0 for no limit.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    per_minute: u32,
    /// Requests before the quota is used up; a tenth more is answered.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    quota: u64,
    /// What goes wrong, as FAULT[@ENDPOINT][:times=N,one_in=N,tries=N], such as
    /// stall@song_audience:times=3; repeat the option for several.
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<Rule>,
    /// How long a stalled answer takes, in milliseconds.
    #[arg(long, value_name = "N", default_value_t = 30_000)]
    stall_ms: u64,
    /// Answer windows of more days than this with 15 rows only.
    #[arg(long, value_name = "DAYS")]
    truncate_over_days: Option<u32>,
    /// An artist asked for by a platform's identifier is missing at first, and there so much later.
    #[arg(long, value_name = "N")]
    admission_ms: Option<u64>,
    /// The current date, instead of the clock's; nothing later is known.
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Day>,
    /// Credentials to accept beside soundcharts:soundcharts; repeat the option for several.
    #[arg(long = "accept", value_name = "ID:KEY", value_parser = credentials)]
    accepted: Vec<(String, String)>,
    /// What chance begins with: another number, other faults.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Serve /control, which turns all this while running and asks for no credentials.
    #[arg(long)]
    control: bool,
}

/// Serves until SIGTERM or Ctrl-C.
pub async fn simulate(args: SimulateArgs) -> anyhow::Result<ExitCode> {
    let addr = args.addr;
    let data = args.data.clone();
    let settings = args.settings();
    let simulator = if data.is_empty() {
        tell("Making the demo catalogue: a few seconds");
        tokio::task::spawn_blocking(move || Simulator::demo(settings)).await?
    } else {
        Simulator::new(files::catalogue(&data).await?, settings)
    };
    let listener = TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}; --addr names another address"))?;
    let mut terminate = signal(SignalKind::terminate())?;
    tell(&format!(
        "Simulating Soundcharts at http://{}; SOUNDCHARTS_BASE_URL leads there, app id and key are {TRIAL}",
        listener.local_addr()?
    ));
    tokio::select! {
        served = serve(listener, Arc::new(simulator)) => served?,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(ExitCode::SUCCESS)
}

impl SimulateArgs {
    fn settings(self) -> Settings {
        let mut settings = Settings { control: self.control, seed: self.seed, ..Settings::default() };
        settings.credentials.extend(self.accepted);
        settings.knobs = Knobs {
            latency_ms: self.latency_ms,
            per_minute: Some(self.per_minute).filter(|limit| *limit > 0),
            quota: Some(self.quota),
            today: self.today,
            admission_ms: self.admission_ms,
            truncate_over_days: self.truncate_over_days,
            stall_ms: self.stall_ms,
            faults: self.faults,
            ..Knobs::default()
        };
        settings
    }
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let addr: SocketAddr =
        text.parse().map_err(|_| "expected an address and port such as 127.0.0.1:3900".to_owned())?;
    if addr.ip().is_loopback() {
        Ok(addr)
    } else {
        Err("expected a loopback address: anybody may ask".to_owned())
    }
}

fn credentials(text: &str) -> Result<(String, String), String> {
    let (id, key) = text.split_once(':').ok_or("expected ID:KEY")?;
    Ok((id.to_owned(), key.to_owned()))
}
