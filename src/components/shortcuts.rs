//! Keyboard shortcuts. A key triggers the element with the matching `data-key`: inputs are focused,
//! everything else is clicked. Keys typed into a field are ignored, and shortcuts can be turned off.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::components::browser::{by_id, event_input};

/// The id of the list of shortcuts.
pub const LIST: &str = "shortcuts";
/// The cookie that switches them off.
const OFF: &str = "shortcuts=off";

/// Keys and their descriptions in the list.
const KEYS: [(&str, &str); 5] = [
    ("/", "Search artists"),
    ("←", "The period before"),
    ("→", "The period after"),
    ("E", "Download the Excel report"),
    ("?", "Show this list"),
];

/// Handles the shortcuts; renders their list and the switch.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let is_on = RwSignal::new(true);
    Effect::new(move |_| {
        is_on.set(!cookies().contains(OFF));
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if is_on.get_untracked() {
                press(&event);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let switch = move |event| {
        let Some(input) = event_input(&event) else { return };
        is_on.set(input.checked());
        let age = if input.checked() { 0 } else { 31_536_000 };
        let cookie = format!("{OFF}; Path=/; Max-Age={age}; SameSite=Lax");
        let _ = document().unchecked_into::<HtmlDocument>().set_cookie(&cookie);
    };
    let keys: Vec<AnyView> = KEYS
        .iter()
        .map(|(key, words)| view! { <div><dt><kbd>{*key}</kbd></dt><dd>{*words}</dd></div> }.into_any())
        .collect();
    view! {
        <div id=LIST class="shortcuts" popover="auto" role="dialog" aria-label="Keyboard shortcuts">
            <h2>"Keyboard shortcuts"</h2>
            <dl>{keys}</dl>
            <label class="check">
                <input type="checkbox" prop:checked=move || is_on.get() checked=true on:change=switch />
                <span>"Use keyboard shortcuts"</span>
            </label>
        </div>
    }
}

fn cookies() -> String {
    document().unchecked_into::<HtmlDocument>().cookie().unwrap_or_default()
}

/// Handles a key press, unless it is typed into a field or has a modifier.
fn press(event: &KeyboardEvent) {
    let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing());
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    // Fields handle keys themselves, and scrollable regions use the arrow keys.
    let takes_keys = |element: HtmlElement| {
        ["INPUT", "SELECT", "TEXTAREA"].contains(&element.tag_name().as_str())
            || element.is_content_editable()
            || element.get_attribute("role").is_some()
    };
    if !is_plain || target.is_some_and(takes_keys) {
        return;
    }
    let key = event.key();
    if key == "?" {
        if let Some(list) = by_id::<HtmlElement>(LIST) {
            let _ = list.toggle_popover();
        }
        return;
    }
    if !["/", "ArrowLeft", "ArrowRight", "e"].contains(&key.as_str()) {
        return;
    }
    let Ok(Some(element)) = document().query_selector(&format!("[data-key=\"{key}\"]")) else { return };
    event.prevent_default();
    match element.dyn_into::<HtmlInputElement>() {
        Ok(input) => drop(input.focus()),
        Err(element) => {
            if let Ok(element) = element.dyn_into::<HtmlElement>() {
                element.click();
            }
        }
    }
}
