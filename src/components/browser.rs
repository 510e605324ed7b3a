//! The few things that views do with the browser itself. Everything on a page works as plain forms
//! and links; where WASM runs, a form that is sent becomes a step within the page.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use web_sys::{
    Event, FormData, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, MouseEvent,
    SubmitEvent, UrlSearchParams,
};

use crate::domain::view::Address;

/// The element with this id.
pub fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.focus();
    }
}

/// The input that an event happened to.
pub fn input_of(event: &Event) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

/// Whether a click is meant for this page: not for another tab or a download.
pub fn is_plain(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}

/// What a form sends as a query string, with the button that sent it.
pub fn sent(event: &SubmitEvent) -> Option<String> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    let button = event.submitter().and_then(|element| element.dyn_into::<HtmlButtonElement>().ok());
    if let Some(button) = button.filter(|button| !button.name().is_empty()) {
        data.append_with_str(&button.name(), &button.value()).ok()?;
    }
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().as_string()
}

/// Goes to a state of the page without scrolling; `replace` leaves no step to come back to.
pub fn use_go() -> impl Fn(&Address, bool) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |address: &Address, replace: bool| {
        navigate(&address.href(), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    }
}
