//! What every handler shares.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use crate::server::config::Config;
use crate::server::db::Db;

/// The running product: cheap to clone, handed to every handler and, as a Leptos context, to every
/// server function.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The store.
    pub db: Db,
    /// Where the browser bundle lies; Leptos asks for it.
    pub leptos: LeptosOptions,
}

impl Context {
    /// Puts the parts together.
    pub fn new(config: Config, db: Db) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("music-analytics")
            .site_root("dist")
            .site_pkg_dir("pkg")
            .site_addr(config.addr)
            .build();
        Self { config: Arc::new(config), db, leptos }
    }
}

#[cfg(test)]
impl Context {
    /// With an empty database of its own.
    pub async fn for_tests() -> Self {
        let directory = tempfile::tempdir().unwrap().keep();
        let db = Db::open(&format!("sqlite://{}/test.db", directory.display())).await.unwrap();
        Context::new(Config::default(), db)
    }
}

impl FromRef<Context> for LeptosOptions {
    fn from_ref(context: &Context) -> Self {
        context.leptos.clone()
    }
}
