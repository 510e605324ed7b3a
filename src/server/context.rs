//! What every handler shares.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::domain::sync::SyncStatus;
use crate::server::accounts::ending::Ending;
use crate::server::accounts::oidc::SingleSignOn;
use crate::server::accounts::password::Hasher;
use crate::server::accounts::secret::{self, Hidden};
use crate::server::accounts::{Right, Via};
use crate::server::config::Config;
use crate::server::db::Db;
use crate::server::http::api::answers::Answers;
use crate::server::http::assets::Assets;
use crate::server::http::limits::Limits;
use crate::server::http::watched::Watched;
use crate::server::pictures::Pictures;
use crate::server::sync::Provider;

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
    /// What callers may take.
    pub limits: Arc<Limits>,
    /// Sessions and accounts that were ended, and whose rows wait for others.
    pub ending: Ending,
    /// Syncs that are watched.
    pub syncs: Arc<Watched<Uuid, Option<SyncStatus>>>,
    /// Who watches them: whether they are still let in.
    pub watchers: Arc<Watched<(Via, Right), bool>>,
    /// Reports that were sent lately.
    pub answers: Answers,
    /// Turns true when the process is about to end: whatever streams ends then.
    pub stopping: watch::Receiver<bool>,
    /// Makes and checks the hashes of passwords.
    pub hasher: Hasher,
    /// Who else says who somebody is, where that is configured.
    pub single_sign_on: Option<SingleSignOn>,
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
            watchers: Arc::default(),
            answers: Answers::default(),
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
