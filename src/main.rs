//! The command line: every subcommand is one call into the library.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use music_analytics::server::config::Config;
use music_analytics::server::context::Context;
use music_analytics::server::http::serve::serve;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Total metrics of artists over all platforms.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    /// A TOML file with the keys that are otherwise environment variables (which win over it).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web pages (the default).
    Serve,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli).await {
        Ok(code) => code,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the last word of a failed command")]
            {
                eprintln!("music-analytics: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Exit codes: 0 done, 1 failed (an error), 2 wrong usage, 3 partly done.
async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = Config::load(cli.config.as_deref())?;
    log_to_stderr(&config)?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(Context::new(config)).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn log_to_stderr(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| anyhow::anyhow!("RUST_LOG = {:?}: expected a log filter such as info ({error})", config.log))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}
