//! The result of the last form submission.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::view::forms::notice::Told;

/// A message above the page's content.
pub fn told(told: Option<&Told>) -> Option<AnyView> {
    let told = told?;
    let class = if told.is_good { "notice" } else { "notice notice-bad" };
    let icon = if told.is_good { Icon::Info } else { Icon::Warning };
    let view = view! {
        <section class=class role="status">
            <IconView icon />
            <p>{told.words.clone()}</p>
        </section>
    };
    Some(view.into_any())
}
