//! Artist selection: a combobox that adds chips. Without WASM it is a text field, the next page offers the
//! matches as checkboxes, and the chips are checkboxes too.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::HtmlInputElement;

use crate::api::find_artists;
use crate::components::browser::{by_id, event_input, focus};
use crate::components::field::field_error;
use crate::components::icon::{Icon, IconView};
use crate::components::logo::thumbnail;
use crate::components::section::reactive;
use crate::domain::query::listing::ArtistItem;
use crate::view::analytics::page::field_errors;
use crate::view::analytics::pasted_list::is_list;
use crate::view::analytics::picker::{Chip, Picker, PickerKey, artist_image, artist_summary, chips};
use crate::view::{Address, AnalyticsView};

const INPUT: &str = "artist-input";
/// Delay between the last keystroke and the search.
const DEBOUNCE: Duration = Duration::from_millis(150);

pub fn artist_picker(page: &AnalyticsView, address: &Address) -> AnyView {
    let q = address.q.clone().unwrap_or_default();
    let picker = RwSignal::new(Picker::new(chips(address, &page.artists), &q));
    let ready = RwSignal::new(false);
    Effect::new(move |_| {
        ready.set(true);
        // Handle text that was typed before hydration.
        if let Some(typed) = by_id::<HtmlInputElement>(INPUT).map(|input| input.value())
            && picker.with_untracked(|picker| picker.text != typed)
        {
            request_matches(picker, &typed);
        }
    });
    let error = field_errors(page.errors(), &["artist"]);
    let when_ready = move |value: &'static str| move || ready.get().then_some(value);
    view! {
        <div class="field">
            <label for=INPUT>"Artists"</label>
            <ul class="chips" aria-label="Selected artists" hidden=move || picker.with(|picker| picker.chips.is_empty())>
                {reactive(move || chip_list(picker).into_any())}
            </ul>
            <div class="combobox">
                <IconView icon=Icon::Search />
                <input
                    id=INPUT
                    data-key="/"
                    class="input"
                    type="text"
                    name="q"
                    value=q
                    placeholder="Type a name, or paste a list"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="artist-error artist-status"
                    aria-invalid=error.is_some().then_some("true")
                    role=when_ready("combobox")
                    aria-autocomplete=when_ready("list")
                    aria-controls=when_ready("artist-options")
                    aria-expanded=move || ready.get().then(|| picker.with(|picker| picker.open.to_string()))
                    aria-activedescendant=move || picker.with(|picker| picker.active.map(option_id))
                    on:input=move |event| {
                        if let Some(input) = event_input(&event) {
                            request_matches(picker, &input.value());
                        }
                    }
                    on:paste=move |event| {
                        let text = event.clipboard_data().and_then(|data| data.get_data("text").ok());
                        if let Some(text) = text.filter(|text| is_list(text)) {
                            event.prevent_default();
                            resolve(picker, &text);
                        }
                    }
                    on:keydown=move |event| {
                        let is_enter = event.key() == "Enter" && !event.is_composing();
                        if is_enter && picker.try_with_untracked(Picker::is_list_entry) == Some(true) {
                            event.prevent_default();
                            let text = picker.with_untracked(|picker| picker.text.clone());
                            resolve(picker, &text);
                            return;
                        }
                        let key = PickerKey::from_event(&event.key()).filter(|_| !event.is_composing());
                        if key.and_then(|key| picker.try_update(|picker| picker.key(key))) == Some(true) {
                            event.prevent_default();
                            show_text(picker);
                        }
                    }
                    on:blur=move |_| {
                        picker.try_update(Picker::close);
                    }
                />
                <ul
                    id="artist-options"
                    class="options"
                    role="listbox"
                    aria-label="Artists that match"
                    hidden=move || picker.with(|picker| !picker.open || picker.options.is_empty())
                >
                    {reactive(move || option_list(picker).into_any())}
                </ul>
            </div>
            <p id="artist-status" class="hint" role="status">
                {move || picker.with(|picker| picker.status.clone())}
            </p>
            <p class="hint without-script">"Type a name and press “Analyze metrics” to see the artists that match."</p>
            {field_error("artist-error", error)}
            {matches(page, address)}
        </div>
    }
    .into_any()
}

/// Passes the text to the picker and starts a debounced search.
fn request_matches(picker: RwSignal<Picker>, text: &str) {
    let Some(Some(ticket)) = picker.try_update(|picker| picker.on_input(text)) else { return };
    let text = text.to_owned();
    let asks = move || {
        if picker.try_with_untracked(|picker| picker.is_current(ticket)) == Some(true) {
            find(picker, ticket, text.clone(), false);
        }
    };
    set_timeout(asks, DEBOUNCE);
}

/// Resolves a pasted list.
fn resolve(picker: RwSignal<Picker>, list: &str) {
    let Some(ticket) = picker.try_update(|picker| picker.on_paste(list)) else { return };
    show_text(picker);
    find(picker, ticket, list.to_owned(), true);
}

fn find(picker: RwSignal<Picker>, ticket: u32, text: String, is_list: bool) {
    spawn_local(async move {
        let answer = find_artists(text, is_list).await.map_err(|problem| problem.detail);
        picker.try_update(|picker| picker.on_results(ticket, answer, is_list));
        if is_list {
            show_text(picker);
        }
    });
}

/// Updates the input after the picker changed its text.
fn show_text(picker: RwSignal<Picker>) {
    let text = picker.try_with_untracked(|picker| picker.text.clone());
    if let (Some(text), Some(input)) = (text, by_id::<HtmlInputElement>(INPUT))
        && input.value() != text
    {
        input.set_value(&text);
    }
}

fn chip_list(picker: RwSignal<Picker>) -> Vec<AnyView> {
    let chips = picker.with(|picker| picker.chips.clone());
    chips.into_iter().enumerate().map(|(place, chip)| chip_view(picker, place, chip)).collect()
}

fn chip_view(picker: RwSignal<Picker>, place: usize, chip: Chip) -> AnyView {
    let Chip { id, name, image, note } = chip;
    let is_bad = note.is_some();
    let remove = move |_| {
        let next = picker.try_update(|picker| picker.remove(place)).flatten();
        request_animation_frame(move || match next {
            Some(place) => focus(&remove_id(place)),
            None => focus(INPUT),
        });
    };
    view! {
        <li class="chip" class:chip-bad=is_bad>
            {thumbnail(image.as_deref(), &name)}
            <label>
                <input type="checkbox" name="artist" value=id checked class="without-script" />
                <span>{name.clone()}</span>
            </label>
            {note.map(|note| remark("chip-note", note))}
            <button
                type="button"
                id=remove_id(place)
                class="chip-remove with-script"
                aria-label=format!("Remove {name}")
                on:click=remove
            >
                <IconView icon=Icon::Close />
            </button>
        </li>
    }
    .into_any()
}

fn remark(class: &'static str, words: String) -> AnyView {
    view! { <span class=class>{words}</span> }.into_any()
}

fn remove_id(place: usize) -> String {
    format!("remove-artist-{place}")
}

fn option_id(place: usize) -> String {
    format!("artist-option-{place}")
}

fn option_list(picker: RwSignal<Picker>) -> Vec<AnyView> {
    let (options, active) = picker.with(|picker| {
        let options: Vec<(ArtistItem, bool)> =
            picker.options.iter().map(|artist| (artist.clone(), picker.has(artist))).collect();
        (options, picker.active)
    });
    let option = move |(place, (artist, chosen)): (usize, (ArtistItem, bool))| {
        let reason = artist.reason.clone().filter(|_| !artist.selectable);
        let is_disabled = chosen || reason.is_some();
        let facts = if chosen { "selected already".to_owned() } else { artist_summary(&artist) };
        view! {
            <li
                id=option_id(place)
                role="option"
                class="option"
                aria-selected=(active == Some(place)).to_string()
                aria-disabled=is_disabled.then_some("true")
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| {
                    picker.try_update(|picker| picker.pick(place));
                    show_text(picker);
                    focus(INPUT);
                }
            >
                {thumbnail(artist_image(&artist).as_deref(), &artist.name)}
                {remark("option-name", artist.name.clone())}
                {remark("option-facts", facts)}
                {reason.map(|reason| remark("option-reason", reason))}
            </li>
        }
        .into_any()
    };
    options.into_iter().enumerate().map(option).collect()
}

/// The matches of `q` as checkboxes, for use without WASM.
fn matches(page: &AnalyticsView, address: &Address) -> Option<AnyView> {
    let q = address.q.as_ref()?;
    let is_chosen = page.is_list_matched;
    let unmatched = (!page.unmatched.is_empty())
        .then(|| view! { <p class="hint">{format!("Not found: {}.", page.unmatched.join("; "))}</p> });
    let new = |artist: &&ArtistItem| !address.parameters.artists.contains(&artist.id.to_string());
    let boxes: Vec<AnyView> = page
        .matches
        .iter()
        .filter(new)
        .map(|artist| {
            view! {
                <li>
                    <label class="check">
                        <input
                            type="checkbox" name="artist" value=artist.id.to_string() checked=is_chosen
                            disabled=!artist.selectable
                        />
                        {remark("", artist.name.clone())}
                        {remark("option-facts", artist_summary(artist))}
                    </label>
                    {artist.reason.clone().filter(|_| !artist.selectable).map(|reason| remark("option-reason", reason))}
                </li>
            }
            .into_any()
        })
        .collect();
    (!boxes.is_empty()).then(|| {
        view! {
            <fieldset class="matches">
                <legend>{format!("Artists that match “{q}”")}</legend>
                <ul>{boxes}</ul>
                {unmatched}
            </fieldset>
        }
        .into_any()
    })
}
