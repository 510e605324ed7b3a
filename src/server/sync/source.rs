//! Selects the provider of a database: the real one with credentials, the simulator for demo and empty
//! databases, none for a real database without credentials.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use super::limiter::SharedLimiter;
use crate::domain::sync::quota::QuotaLeft;
use crate::server::base::background::Background;
use crate::server::config::Config;
use crate::server::config::provider::Options;
use crate::server::error::Error;
use crate::server::provider::{Client, Settings};
use crate::server::simulator::{Simulator, serve, settings};
use crate::server::store::tables::meta::{self, DataKind};
use crate::server::store::{Conn, Db};

/// Kind of provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// The API at the configured URL.
    Real,
    /// The simulator in this process, over the demo catalogue.
    Simulator,
}

impl ProviderKind {
    /// Data kind of a database filled by this provider.
    pub const fn holding(self) -> DataKind {
        match self {
            ProviderKind::Real => DataKind::Real,
            ProviderKind::Simulator => DataKind::Demo,
        }
    }
}

/// The provider of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Provider(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Option<ProviderKind>,
    options: Options,
    db: Db,
    connection: OnceCell<Connection>,
}

#[derive(Debug)]
struct Connection {
    client: Client,
    /// The built-in simulator, if used.
    _simulator: Option<Background>,
}

/// Why sync is off and what to do.
const SYNC_DISABLED: &str = "Sync is off: this database holds real data, and there are no Soundcharts credentials. Set \
                   SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY (or the OAuth keys) and start again";

impl Provider {
    /// Selects the provider for a configuration and a database kind.
    ///
    /// # Errors
    /// A demo database with credentials: real data must not be mixed with it.
    pub async fn choose(config: &Config, db: &Db) -> Result<Self, Error> {
        let holding = meta::data_kind(&mut *db.read().await?).await?;
        let kind = match (config.provider.credentials.is_some(), holding) {
            (true, Some(DataKind::Demo)) => {
                return Err(Error::Setting(
                    "this database holds demo data, and there are Soundcharts credentials: set DATABASE_URL to another \
                     file for real data, or unset the SOUNDCHARTS_ credentials to go on with the demo"
                        .to_owned(),
                ));
            }
            (true, _) => Some(ProviderKind::Real),
            (false, Some(DataKind::Real)) => None,
            (false, _) => Some(ProviderKind::Simulator),
        };
        if kind != Some(ProviderKind::Real) && config.provider.base_url.is_some() {
            tracing::warn!("SOUNDCHARTS_BASE_URL is ignored: no credentials are set");
        }
        let (options, db) = (config.provider.clone(), db.clone());
        Ok(Provider(Arc::new(Inner { kind, options, db, connection: OnceCell::new() })))
    }

    /// The kind of provider, if sync is on.
    pub fn kind(&self) -> Option<ProviderKind> {
        self.0.kind
    }

    /// The kind of provider, if the database may be filled from it.
    ///
    /// # Errors
    /// [`Error::SyncOff`] with the reason.
    pub async fn require_usable(&self, conn: &mut Conn) -> Result<ProviderKind, Error> {
        let kind = self.0.kind.ok_or_else(|| Error::SyncOff(SYNC_DISABLED.to_owned()))?;
        let holding = meta::data_kind(conn).await?;
        // The database was empty at startup and has been filled since.
        meta::ensure_compatible(holding, kind.holding())
            .map_err(|_| Error::SyncOff(SYNC_DISABLED.to_owned()))?;
        Ok(kind)
    }

    /// The client, created on first use: starting the simulator takes some seconds.
    ///
    /// # Errors
    /// [`Error::SyncOff`]; HTTPS cannot be set up.
    pub async fn client(&self) -> Result<&Client, Error> {
        let kind = self.0.kind.ok_or_else(|| Error::SyncOff(SYNC_DISABLED.to_owned()))?;
        let Connection { client, .. } = self.0.connection.get_or_try_init(|| self.connect(kind)).await?;
        client.set_other_in_flight(self.other_in_flight().await?);
        Ok(client)
    }

    /// Sets the number of requests that other processes may have in flight.
    async fn other_in_flight(&self) -> Result<u32, Error> {
        Ok(self.0.options.concurrency * self.0.db.other_workers().await?)
    }

    /// Clears remembered refusals before a manual retry.
    pub fn allow_recheck(&self) {
        if let Some(Connection { client, .. }) = self.0.connection.get() {
            client.look_again();
        }
    }

    /// Time without a response to this process's requests.
    pub fn silent_for(&self) -> Duration {
        self.0.connection.get().map_or(Duration::ZERO, |connection| connection.client.silent_for())
    }

    /// Remaining calls known to this process.
    pub fn quota(&self) -> Option<QuotaLeft> {
        self.0.connection.get()?.client.quota()
    }

    /// Remaining calls known to any process.
    pub async fn quota_left(&self, conn: &mut Conn) -> Result<Option<i64>, Error> {
        match self.quota() {
            Some(quota) => Ok(Some(quota.left)),
            None => Ok(meta::quota(conn).await?.map(|quota| quota.left)),
        }
    }

    /// Maximum requests in flight.
    pub fn concurrency(&self) -> u32 {
        self.0.options.concurrency
    }

    /// Allowed requests per second.
    pub fn per_second(&self) -> f64 {
        // A request takes about a third of a second.
        let at_once = f64::from(self.0.options.concurrency) * 3.0;
        (f64::from(self.0.options.max_per_minute) / 60.0).min(at_once)
    }

    async fn connect(&self, kind: ProviderKind) -> Result<Connection, Error> {
        let Inner { options, db, .. } = &*self.0;
        let (settings, simulator) = match kind {
            ProviderKind::Real => {
                (options.settings().ok_or_else(|| Error::SyncOff(SYNC_DISABLED.to_owned()))?, None)
            }
            ProviderKind::Simulator => {
                let (address, simulator) = simulate().map_err(Error::io("cannot start the simulator"))?;
                let address = format!("http://{address}").parse().map_err(Error::damaged)?;
                (options.simulator(address), Some(simulator))
            }
        };
        let quota = meta::quota(&mut *db.read().await?).await?;
        let settings = Settings {
            quota_first_seen: quota.map(|quota: QuotaLeft| quota.first_seen),
            elsewhere: self.other_in_flight().await?,
            ..settings
        };
        let limiter = SharedLimiter::new(db.clone(), options.max_per_minute);
        let client = Client::new(settings, Arc::new(limiter)).map_err(Error::Provider)?;
        Ok(Connection { client, _simulator: simulator })
    }
}

/// Starts the simulator on a free port. Requests wait until its catalogue is ready.
fn simulate() -> io::Result<(SocketAddr, Background)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let simulator = Background::run("simulator", async move {
        let simulator = Arc::new(Simulator::demo(settings::Settings::default()));
        let served = async { serve(tokio::net::TcpListener::from_std(listener)?, simulator).await };
        if let Err(error) = served.await {
            tracing::error!(%error, "the simulator stopped");
        }
    })?;
    Ok((address, simulator))
}
