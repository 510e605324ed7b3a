//! Platform selection: native checkboxes with a "select all" checkbox.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::components::browser::{by_id, event_input};
use crate::components::field::field_error;
use crate::components::logo::logo;
use crate::view::analytics::form::checked_platforms;
use crate::view::analytics::page::{PlatformChoice, field_errors};
use crate::view::{Address, AnalyticsView};

const GROUP: &str = "platforms";

pub fn platform_checkboxes(page: &AnalyticsView, address: &Address) -> AnyView {
    let ticks = checked_platforms(address, page);
    let all = ticks.len();
    let count = RwSignal::new(ticks.iter().filter(|tick| **tick).count());
    // The browser may have restored or reset the checkboxes: count what it shows.
    Effect::new(move |_| request_animation_frame(move || recount(count)));
    let error = field_errors(page.errors(), &["platform"]);
    let choices: Vec<AnyView> =
        page.platforms.iter().zip(ticks).map(|(platform, tick)| choice(platform, tick)).collect();
    view! {
        <fieldset id=GROUP class="field" tabindex="-1" aria-describedby="platform-error" on:change=move |_| recount(count)>
            <legend>"Platforms"</legend>
            <label class="check check-all with-script">
                <input
                    type="checkbox"
                    prop:checked=move || count.get() == all
                    prop:indeterminate=move || (1..all).contains(&count.get())
                    checked=count.get_untracked() == all
                    on:change=move |event| {
                        if let Some(parent) = event_input(&event) {
                            boxes().iter().for_each(|child| child.set_checked(parent.checked()));
                        }
                    }
                />
                <span>"All platforms"</span>
                <span class="count">{move || format!("{} of {all}", count.get())}</span>
            </label>
            <ul class="platform-choices">{choices}</ul>
            {field_error("platform-error", error)}
        </fieldset>
    }
    .into_any()
}

fn choice(platform: &PlatformChoice, tick: bool) -> AnyView {
    view! {
        <li>
            <label class="check">
                <input type="checkbox" name="platform" value=platform.code.clone() checked=tick />
                {logo(&platform.code, &platform.name)}
                <span>{platform.name.clone()}</span>
            </label>
        </li>
    }
    .into_any()
}

fn recount(count: RwSignal<usize>) {
    count.try_set(boxes().iter().filter(|child| child.checked()).count());
}

fn boxes() -> Vec<HtmlInputElement> {
    let list = by_id::<Element>(GROUP).and_then(|group| group.query_selector_all("[name=platform]").ok());
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|place| list.item(place)?.dyn_into().ok()).collect()
}
