//! What every handler shares.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use crate::server::config::Config;

/// The running product: cheap to clone, handed to every handler and, as a Leptos context, to every
/// server function.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the operator set.
    pub config: Arc<Config>,
    /// Where the browser bundle lies; Leptos asks for it.
    pub leptos: LeptosOptions,
}

impl Context {
    /// Puts the parts together.
    pub fn new(config: Config) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("music-analytics")
            .site_root("dist")
            .site_pkg_dir("pkg")
            .site_addr(config.addr)
            .build();
        Self { config: Arc::new(config), leptos }
    }
}

impl FromRef<Context> for LeptosOptions {
    fn from_ref(context: &Context) -> Self {
        context.leptos.clone()
    }
}
