//! What every handler shares.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio::sync::{Notify, Semaphore, watch};

use crate::server::accounts::password::Hasher;
use crate::server::accounts::secret::{self, Hidden};
use crate::server::config::Config;
use crate::server::db::Db;
use crate::server::http::accounts::Accounts;
use crate::server::http::api::answers::Answers;
use crate::server::http::assets::Assets;
use crate::server::http::calls::Calls;
use crate::server::http::limits::{AT_ONCE, STRANGERS};
use crate::server::pictures::Pictures;
use crate::server::sync::Provider;

/// The exports that are made at once; whoever comes then is asked to come again.
pub const EXPORTS_AT_ONCE: usize = 10;

/// The running product: cheap to clone, handed to every handler and, as a Leptos context, to every
/// server function.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The store.
    pub db: Db,
    /// Where missing data come from.
    pub provider: Provider,
    /// Wakes the workers of this process when there is work.
    pub wake: Arc<Notify>,
    /// Pictures that were fetched from the provider.
    pub pictures: Pictures,
    /// A permit for each export that is being made.
    pub exports: Arc<Semaphore>,
    /// A place for each request that is being answered.
    pub requests: Arc<Semaphore>,
    /// The same for those that come without session or token.
    pub strangers: Arc<Semaphore>,
    /// What each account has under way.
    pub accounts: Arc<Accounts>,
    /// Reports that were sent lately.
    pub answers: Answers,
    /// The calls of API tokens.
    pub calls: Arc<Calls>,
    /// Turns true when the process is about to end: whatever streams ends then.
    pub stopping: watch::Receiver<bool>,
    /// Makes and checks the hashes of passwords.
    pub hasher: Hasher,
    /// What the link to the first set-up ends with: whoever has it makes the first admin.
    pub set_up: Arc<Hidden>,
    /// The files of the browser bundle.
    pub assets: Assets,
    /// What the bundle's files are called; Leptos asks for it.
    pub leptos: LeptosOptions,
}

impl Context {
    /// Puts the parts together, without a bundle. Nobody is at work yet, and nobody stops.
    pub fn new(config: Config, db: Db, provider: Provider) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("music-analytics")
            .site_pkg_dir("pkg")
            .site_addr(config.addr)
            .build();
        let (_, stopping) = watch::channel(false);
        let exports = Arc::new(Semaphore::new(EXPORTS_AT_ONCE));
        Self {
            pictures: Pictures::new(db.directory().join("pictures"), &config),
            config: Arc::new(config),
            db,
            provider,
            wake: Arc::default(),
            exports,
            requests: Arc::new(Semaphore::new(AT_ONCE)),
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            accounts: Arc::default(),
            answers: Answers::default(),
            calls: Arc::default(),
            stopping,
            hasher: Hasher::default(),
            set_up: Arc::new(Hidden::new(&secret::token())),
            assets: Assets::NONE,
            leptos,
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
