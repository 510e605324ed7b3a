//! The platforms page: metrics, kinds and units, and whether reports include them.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::list_platforms;
use crate::components::field::choice;
use crate::components::logo::logo;
use crate::components::notice::notice;
use crate::components::screen::{address_resource, screen_body};
use crate::domain::query::listing::{MetricItem, PlatformItem};
use crate::domain::{Kind, Level};
use crate::view::PlatformList;
use crate::view::platforms::{kind_label, metric_label, status};

/// `/platforms`.
#[component]
pub fn PlatformsPage() -> impl IntoView {
    let list = address_resource("", |_| list_platforms());
    view! {
        <Title text="Platforms" />
        <h1>"Platforms"</h1>
        {screen_body(list, show)}
    }
}

fn show(list: &PlatformList) -> AnyView {
    let platforms: Vec<AnyView> = list.platforms.iter().map(|each| platform(each, list.can_change)).collect();
    view! {
        {notice(list.notice.as_ref())}
        <p class="hint">
            "A wrong kind makes every number wrong. Of a counter only differences count; the days of a flow add up; "
            "stocks, rolling windows and indexes are never added. "
            "Platforms that Soundcharts has added arrive disabled, until somebody says what their values mean."
        </p>
        <ul class="syncs">{platforms}</ul>
    }
    .into_any()
}

fn platform(platform: &PlatformItem, can_change: bool) -> AnyView {
    let metrics: Vec<AnyView> =
        platform.metrics.iter().map(|item| metric(platform, item, can_change)).collect();
    let none = if metrics.is_empty() { "Nothing of it is measured." } else { "" };
    view! {
        <li class="card" id=format!("platform-{}", platform.code)>
            <h2 class="with-logo">{logo(&platform.code, &platform.name)} {platform.name.clone()}</h2>
            <p class="hint">{none}</p>
            {metrics}
        </li>
    }
    .into_any()
}

fn metric(platform: &PlatformItem, item: &MetricItem, can_change: bool) -> AnyView {
    let is_fixed = !can_change;
    let (class, words) = status(item);
    let kind = item.kind.map_or("", Kind::as_str);
    let mut kinds = vec![choice(String::new(), "not known".to_owned(), kind.is_empty())];
    kinds.extend(
        Kind::ALL.iter().map(|each| {
            choice(each.as_str().to_owned(), kind_label(*each).to_owned(), each.as_str() == kind)
        }),
    );
    let mirrors = (item.level == Level::Track).then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="mirrors" value="true" checked=item.mirrors disabled=is_fixed />
                <span>"Identifiers repeat one counter"</span>
            </label>
        }
        .into_any()
    });
    let label = format!("{}, {}", platform.name, metric_label(item));
    view! {
        <form class="metric-row" method="post" action="/platforms/set" aria-label=label>
            <input type="hidden" name="platform" value=platform.code.clone() />
            <input type="hidden" name="level" value=item.level.as_str() />
            <input type="hidden" name="metric" value=item.metric.as_str() />
            <p class="metric-name">{metric_label(item)} <span class=class>{words}</span></p>
            <label>
                "Kind"
                <select class="input" name="kind" disabled=is_fixed>{kinds}</select>
            </label>
            <label>
                "Unit"
                <input class="input" name="unit" value=item.unit.clone().unwrap_or_default() autocomplete="off" disabled=is_fixed />
            </label>
            <div class="metric-flags">
                <label class="check">
                    <input type="checkbox" name="enabled" value="true" checked=item.enabled disabled=is_fixed />
                    <span>"Enabled"</span>
                </label>
                {mirrors}
                <button type="submit" class="button-quiet for-admins">"Save"</button>
            </div>
        </form>
    }
    .into_any()
}
