//! The result of the last form submission.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::view::forms::notice::Notice;

/// A message above the page's content.
pub fn notice(message: Option<&Notice>) -> Option<AnyView> {
    let message = message?;
    let class = if message.is_success { "notice" } else { "notice notice-bad" };
    let icon = if message.is_success { Icon::Info } else { Icon::Warning };
    let view = view! {
        <section class=class role="status">
            <IconView icon />
            <p>{message.text.clone()}</p>
        </section>
    };
    Some(view.into_any())
}
