//! State shared by all handlers.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::domain::accounts::Right;
use crate::domain::sync::SyncStatus;
use crate::server::accounts::ending::Ending;
use crate::server::accounts::oidc::SingleSignOn;
use crate::server::accounts::password::Hasher;
use crate::server::accounts::{Accounts, AuthMethod};
use crate::server::base::secret::{self, SecretString};
use crate::server::config::Config;
use crate::server::state::limits::Limits;
use crate::server::state::picture_cache::Pictures;
use crate::server::state::report_cache::ReportCache;
use crate::server::state::shared_watch::SharedPolls;
use crate::server::store::Db;
use crate::server::sync::{Provider, ProviderKind};
use crate::server::web::assets::Assets;

/// Application state: cheap to clone, passed to every handler and, as a Leptos context, to every server function.
#[derive(Clone, Debug)]
pub struct Context {
    pub config: Arc<Config>,
    pub db: Db,
    pub provider: Provider,
    /// Wakes this process's workers when there is work.
    pub wake: Arc<Notify>,
    pub pictures: Pictures,
    /// Resource limits of callers.
    pub limits: Arc<Limits>,
    /// Endings of sessions and accounts that are not written yet.
    pub ending: Ending,
    /// Shared polls of sync progress.
    pub syncs: Arc<SharedPolls<Uuid, Option<SyncStatus>>>,
    /// Shared polls of whether the watching callers are still authorized.
    pub watched_callers: Arc<SharedPolls<(AuthMethod, Right), bool>>,
    /// Cache of recently sent reports.
    pub report_cache: ReportCache,
    /// Becomes true at shutdown; streams then end.
    pub stopping: watch::Receiver<bool>,
    /// Hashes and verifies passwords.
    pub hasher: Hasher,
    pub single_sign_on: Option<SingleSignOn>,
    /// Token of the first-admin setup link.
    pub setup_token: Arc<SecretString>,
    pub assets: Assets,
    /// File names of the bundle, read by Leptos.
    pub leptos: LeptosOptions,
}

impl Context {
    /// Assembles the context without a bundle. No worker is started.
    pub fn new(config: Config, db: Db, provider: Provider) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("music-analytics")
            .site_pkg_dir("pkg")
            .site_addr(config.addr)
            .build();
        let (_, stopping) = watch::channel(false);
        Self {
            pictures: Pictures::new(db.directory().join("pictures"), &config),
            limits: Arc::new(Limits::new(&config)),
            single_sign_on: config.single_sign_on.clone().map(SingleSignOn::new),
            config: Arc::new(config),
            db,
            provider,
            wake: Arc::default(),
            ending: Ending::default(),
            syncs: Arc::default(),
            watched_callers: Arc::default(),
            report_cache: ReportCache::default(),
            stopping,
            hasher: Hasher::default(),
            setup_token: Arc::new(SecretString::new(&secret::token())),
            assets: Assets::NONE,
            leptos,
        }
    }
}

impl Context {
    /// The parts of the context that authentication needs.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts {
            db: &self.db,
            config: &self.config,
            hasher: &self.hasher,
            ending: &self.ending,
            is_simulated: self.provider.kind() == Some(ProviderKind::Simulator),
        }
    }
}

#[cfg(test)]
impl Context {
    /// With an empty database of its own.
    pub async fn for_tests() -> Self {
        let directory = tempfile::tempdir().unwrap().keep();
        let db = Db::open(&format!("sqlite://{}/test.db", directory.display())).await.unwrap();
        let provider = Provider::choose(&Config::default(), &db).await.unwrap();
        Context::new(Config::default(), db, provider)
    }
}

impl FromRef<Context> for LeptosOptions {
    fn from_ref(context: &Context) -> Self {
        context.leptos.clone()
    }
}
