//! Data loading shared by all pages: a resource keyed by the address, and a body that shows the data or the
//! error. Everything is type-erased, so that the bundle contains it only once.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_url};

use crate::api::Answered;
use crate::components::failure::failure;
use crate::domain::Problem;
use crate::view::wire::json::FromJson;

/// The parts of an address that the data depends on: the id in the path (may be empty) and the query string.
pub type Asked = (String, String);

type Answer = Pin<Box<dyn Future<Output = Answered> + Send>>;

/// A resource keyed by the address. `id` is the name of the path parameter; empty if there is none.
pub fn data_of_address<F>(
    id: &'static str,
    ask: impl Fn(Asked) -> F + Send + Sync + 'static,
) -> Resource<Answered>
where
    F: Future<Output = Answered> + Send + 'static,
{
    data(asked_of_address(id), ask)
}

/// The key of the current address. It keeps its value when the user navigates to another page, so that the
/// page being left does not reload.
pub fn asked_of_address(id: &'static str) -> Memo<Asked> {
    let (params, url) = (use_params_map(), use_url());
    let path = url.with_untracked(|url| url.path().to_owned());
    Memo::new(move |before: Option<&Asked>| {
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
pub fn data<F>(asked: Memo<Asked>, ask: impl Fn(Asked) -> F + Send + Sync + 'static) -> Resource<Answered>
where
    F: Future<Output = Answered> + Send + 'static,
{
    resource(asked, Arc::new(move |asked| Box::pin(ask(asked))))
}

fn resource(asked: Memo<Asked>, ask: Arc<dyn Fn(Asked) -> Answer + Send + Sync>) -> Resource<Answered> {
    Resource::new(move || asked.get(), move |asked| ask(asked))
}

/// Shows the data of a page. While new data is loading, the old data stays visible.
pub fn body<T: FromJson + Any + Send + Sync>(
    data: Resource<Answered>,
    show: impl Fn(&T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    shown(
        data,
        Arc::new(move |answered| {
            let read = answered.and_then(|sent| {
                sent.read::<T>().map_err(|error| Problem::new(500, "Version Mismatch", error.to_string()))
            });
            match read {
                Ok(data) => show(&data),
                Err(problem) => failure(&problem),
            }
        }),
    )
}

fn shown(data: Resource<Answered>, show: Arc<dyn Fn(Answered) -> AnyView + Send + Sync>) -> AnyView {
    #[cfg_attr(feature = "ssr", expect(unused_variables, reason = "nobody waits on the server"))]
    let (is_pending, set_pending) = signal(false);
    let data = move || {
        let show = Arc::clone(&show);
        Suspend::new(async move { show(data.await) })
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
