//! Data loading shared by all pages: a resource keyed by the address, and a body that shows the data or the error.

use std::future::Future;
use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::PageResult;
use crate::components::failure::failure;

/// The parts of an address that the data depends on: the id in the path (may be empty) and the query string.
pub type AddressKey = (String, String);

/// The data of a page.
pub trait PageData: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> PageData for T {}

/// A resource keyed by the address. `id` is the name of the path parameter; empty if there is none.
pub fn address_resource<T: PageData, F>(
    id: &'static str,
    ask: impl Fn(AddressKey) -> F + Send + Sync + 'static,
) -> Resource<PageResult<T>>
where
    F: Future<Output = PageResult<T>> + Send + 'static,
{
    screen_resource(address_key(id), ask)
}

/// The key of the current address. It keeps its value when the user navigates to another page, so that the
/// page being left does not reload.
pub fn address_key(id: &'static str) -> Memo<AddressKey> {
    let (params, url) = (use_params_map(), use_url());
    let path = url.with_untracked(|url| url.path().to_owned());
    Memo::new(move |before: Option<&AddressKey>| {
        let value = params.with(|params| params.get(id).unwrap_or_default());
        url.with(|url| {
            let is_left = if id.is_empty() { url.path() != path } else { value.is_empty() };
            match before {
                Some(before) if is_left => before.clone(),
                _ => (value, url.search().to_owned()),
            }
        })
    })
}

/// A resource with its own key.
pub fn screen_resource<T: PageData, F>(
    asked: Memo<AddressKey>,
    ask: impl Fn(AddressKey) -> F + Send + Sync + 'static,
) -> Resource<PageResult<T>>
where
    F: Future<Output = PageResult<T>> + Send + 'static,
{
    Resource::new(move || asked.get(), ask)
}

/// Shows the data of a page. While new data is loading, the old data stays visible.
pub fn screen_body<T: PageData>(
    data: Resource<PageResult<T>>,
    show: impl Fn(&T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let show = Arc::new(show);
    #[cfg_attr(feature = "ssr", expect(unused_variables, reason = "nobody waits on the server"))]
    let (is_pending, set_pending) = signal(false);
    let data = move || {
        let show = Arc::clone(&show);
        Suspend::new(async move {
            match data.await {
                Ok(data) => show(&data),
                Err(problem) => failure(&problem),
            }
        })
    };
    let fallback = || view! { <p class="card empty">"Loading…"</p> };
    // On the server, `set_pending` would spawn a task that panics if it runs on a rendering thread.
    #[cfg(feature = "ssr")]
    let data = view! { <Transition fallback>{data}</Transition> };
    #[cfg(not(feature = "ssr"))]
    let data = view! { <Transition fallback set_pending>{data}</Transition> };
    view! {
        <div class="page-body" class:pending=is_pending aria-busy=move || is_pending.get().to_string()>
            <p class="loading" role="status">{move || is_pending.get().then_some("Loading…")}</p>
            {data}
        </div>
    }
    .into_any()
}
