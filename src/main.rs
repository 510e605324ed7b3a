//! Command line interface: every subcommand is one call into the library.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use music_analytics::server::base::terminal::tell;
use music_analytics::server::cli::WRONG_USAGE;
use music_analytics::server::cli::artist::{ArtistCommand, artist};
use music_analytics::server::cli::backup::{BackupArgs, backup};
use music_analytics::server::cli::check::check;
use music_analytics::server::cli::copy::{CopyArgs, copy};
use music_analytics::server::cli::demo::demo;
use music_analytics::server::cli::distribute::distribute;
use music_analytics::server::cli::import::{ImportArgs, import};
use music_analytics::server::cli::rebuild::rebuild;
use music_analytics::server::cli::report::{ReportArgs, report};
use music_analytics::server::cli::restore::{RestoreArgs, restore};
use music_analytics::server::cli::simulate::{SimulateArgs, simulate};
use music_analytics::server::cli::sync::{SyncArgs, sync};
use music_analytics::server::cli::token::{TokenCommand, token};
use music_analytics::server::cli::user::{UserCommand, user};
use music_analytics::server::config::{Config, ConfigError};
use music_analytics::server::error::Error;
use music_analytics::server::http::listen::serve::serve;
use music_analytics::server::state::context::Context;
use music_analytics::server::store::Db;
use music_analytics::server::sync::Provider;
use music_analytics::server::web::assets::{Asset, Assets};
use rust_embed::RustEmbed;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The browser bundle. Embedded in the binary and not in the library, so that a new bundle does not recompile
/// the library.
#[derive(RustEmbed)]
#[folder = "dist"]
#[allow_missing = true]
struct Bundle;

const ASSETS: Assets = Assets(|path| {
    let file = Bundle::get(path)?;
    Some(Asset { bytes: file.data, digest: file.metadata.sha256_hash() })
});

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
    #[command(flatten)]
    WithDatabase(DatabaseCommand),
    /// Copy the database into a file while it is served.
    Backup(BackupArgs),
    /// Put a backup in the place of the database, which is kept under another name.
    Restore(RestoreArgs),
    /// Look for damage: the file, the read model, rows that name others; says what there is, with a checksum.
    Check,
    /// Copy everything in one database into another, empty one, such as from SQLite to PostgreSQL.
    Copy(CopyArgs),
    /// Spread a PostgreSQL database with Citus over its machines; again after an upgrade. Nobody else may work on it.
    Distribute,
    /// Stand in for Soundcharts on a loopback address, without a database.
    Simulate(SimulateArgs),
}

#[derive(Debug, Subcommand)]
enum DatabaseCommand {
    /// Serve the web pages and the JSON API (the default).
    Serve,
    /// Print the total metrics of artists over a month or a range of days.
    Report(ReportArgs),
    /// Find artists by name.
    #[command(subcommand)]
    Artist(ArtistCommand),
    /// Fetch what a report lacks from the provider.
    Sync(SyncArgs),
    /// Import CSV files; importing a file again changes nothing.
    Import(ImportArgs),
    /// Fill an empty database with the demo catalogue.
    Demo,
    /// Add, list and change accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Make, list and end API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Work every series out again from the stored observations.
    Rebuild,
}

impl DatabaseCommand {
    /// Whether the command creates a missing database. Other commands fail instead, so that a mistyped path
    /// is noticed.
    fn creates_database(&self) -> bool {
        match self {
            DatabaseCommand::Serve | DatabaseCommand::Demo | DatabaseCommand::Sync(_) => true,
            DatabaseCommand::Import(args) => args.command.is_none() && !args.check,
            DatabaseCommand::User(command) => command.is_add(),
            DatabaseCommand::Report(_)
            | DatabaseCommand::Artist(_)
            | DatabaseCommand::Token(_)
            | DatabaseCommand::Rebuild => false,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    // Databases, backups, exports and pictures are readable only by the user that runs this.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    match run(cli).await {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("music-analytics: {}", sentence(&error)));
            // Tells the supervisor that a restart would fail again.
            let is_setting = error.chain().any(|cause| {
                cause.is::<ConfigError>() || matches!(cause.downcast_ref(), Some(Error::Setting(_)))
            });
            if is_setting { ExitCode::from(WRONG_USAGE) } else { ExitCode::FAILURE }
        }
    }
}

/// An error with its causes, without those that its message already contains.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Exit codes: 0 success, 1 error, 2 wrong usage, 3 partial success.
async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = Config::load(cli.config.as_deref())?;
    let is_copy = matches!(cli.command, Some(Command::Copy(_)));
    log_to_stderr(&config, is_copy)?;
    match cli.command.unwrap_or(Command::WithDatabase(DatabaseCommand::Serve)) {
        Command::Simulate(args) => simulate(args).await,
        Command::Backup(args) => backup(config.database_url.reveal(), args).await,
        Command::Restore(args) => restore(config.database_url.reveal(), args).await,
        Command::Copy(args) => copy(args).await,
        Command::Distribute => distribute(config.database_url.reveal()).await,
        Command::Check => check(config.database_url.reveal()).await,
        Command::WithDatabase(command) => {
            let url = config.database_url.reveal();
            let may_make = command.creates_database();
            let is_check = matches!(&command, DatabaseCommand::Import(args) if args.check);
            let mut db = if is_check && Db::is_missing(url)? {
                return check_against_empty_database(command, config).await;
            } else if may_make {
                Db::open(url).await?
            } else {
                Db::open_existing("DATABASE_URL", url).await?
            };
            if let Some(url) = &config.database_read_url {
                db = db.with_replica(url.reveal()).await?;
            }
            let done = with_database(command, config, &db).await;
            // Checkpoints the WAL, so that a single file remains.
            db.close().await;
            done
        }
    }
}

/// Runs `import --check` before there is a database, against a temporary empty one.
async fn check_against_empty_database(command: DatabaseCommand, config: Config) -> anyhow::Result<ExitCode> {
    tell("DATABASE_URL names no database yet: this is what would happen in an empty one.");
    let directory = tempfile::tempdir()?;
    let db = Db::open(&format!("sqlite://{}", directory.path().join("trial.db").display())).await?;
    let done = with_database(command, config, &db).await;
    db.close().await;
    done
}

async fn with_database(command: DatabaseCommand, config: Config, db: &Db) -> anyhow::Result<ExitCode> {
    match command {
        DatabaseCommand::Serve => {
            let provider = Provider::choose(&config, db).await?;
            serve(Context { assets: ASSETS, ..Context::new(config, db.clone(), provider) }).await?;
        }
        DatabaseCommand::Sync(args) => return sync(config, db, args).await,
        DatabaseCommand::Report(args) => return report(db, &config, args).await,
        DatabaseCommand::Artist(command) => return artist(db, command).await,
        DatabaseCommand::Import(args) => return import(db, args).await,
        DatabaseCommand::Demo => demo(db).await?,
        DatabaseCommand::User(command) => return user(db, command).await,
        DatabaseCommand::Token(command) => return token(db, command).await,
        DatabaseCommand::Rebuild => rebuild(db).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn log_to_stderr(config: &Config, is_copy: bool) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&config.log).map_err(|error| {
        Error::Setting(format!("RUST_LOG = {:?}: expected a log filter such as info ({error})", config.log))
    })?;
    if is_copy {
        // `copy` runs long statements; do not log them as slow.
        filter = filter.add_directive("sqlx::query=error".parse()?);
    }
    let ansi = std::io::stderr().is_terminal();
    // Ignore failures to write a log line.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(ansi)
        .log_internal_errors(false);
    if config.is_log_json {
        log.json().flatten_event(true).init()
    } else {
        log.init()
    }
    Ok(())
}
