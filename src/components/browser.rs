//! Browser helpers. Pages work with plain forms and links; with WASM, form submissions become client-side
//! navigation.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use web_sys::{
    Event, FormData, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, MouseEvent,
    SubmitEvent, UrlSearchParams,
};

use crate::view::Address;

pub fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn focus(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.focus();
    }
}

/// The input element that is the target of an event.
pub fn event_input(event: &Event) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

/// Whether a click has no modifier and should be handled within the page.
pub fn is_plain_click(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}

/// The query string of a submitted form, including the submit button.
pub fn form_query(event: &SubmitEvent) -> Option<String> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    let button = event.submitter().and_then(|element| element.dyn_into::<HtmlButtonElement>().ok());
    if let Some(button) = button.filter(|button| !button.name().is_empty()) {
        data.append_with_str(&button.name(), &button.value()).ok()?;
    }
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().as_string()
}

/// Navigates to an address without scrolling; `replace` adds no history entry.
pub fn use_navigate_to() -> impl Fn(&Address, bool) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |address: &Address, replace: bool| {
        navigate(&address.href(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    }
}
