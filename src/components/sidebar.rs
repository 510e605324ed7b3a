//! Main navigation: groups of links in a sidebar, or in a menu on small screens.

use leptos::html::Nav;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::icon::{Icon, IconView};
use crate::components::shortcuts::LIST;
use crate::components::theme_picker::ThemePicker;
use crate::view::files::BRAND;

/// A group of links: heading, then path, label and icon of each link.
type Group = (&'static str, &'static [(&'static str, &'static str, Icon)]);

/// Pages that are rendered in the browser too.
const GROUPS: &[Group] = &[
    ("Analytics", &[("/analytics", "Music Analytics", Icon::Analytics)]),
    (
        "SoundCharts",
        &[
            ("/artists", "Artists", Icon::Artist),
            ("/syncs", "Syncs", Icon::Sync),
            ("/platforms", "Platforms", Icon::Platform),
        ],
    ),
];

/// Server-rendered screens for users who may change data.
const DATA: Group = ("Data", &[("/imports", "Imports", Icon::Import)]);

/// Server-rendered screens for everyone.
const SETTINGS: Group = ("Settings", &[("/account", "Account", Icon::Artist)]);

/// Server-rendered screens for admins.
const ADMIN: Group = ("Admin", &[("/users", "Users", Icon::Users), ("/audit", "Audit log", Icon::Log)]);

/// The menu is a native popover, so it works without WASM.
#[component]
pub fn Sidebar() -> impl IntoView {
    let menu = NodeRef::<Nav>::new();
    // Client-side navigation does not close the popover; a page load would.
    let close = move |_| {
        if let Some(menu) = menu.get_untracked() {
            let _ = menu.hide_popover();
        }
    };
    view! {
        <header class="topbar">
            <Brand />
            <button type="button" class="menu-button" popovertarget="sidebar" aria-label="Menu">
                <IconView icon=Icon::Menu />
            </button>
        </header>
        <nav node_ref=menu id="sidebar" class="sidebar" popover="auto" aria-label="Main">
            <Brand on:click=close />
            <div on:click=close>
                {GROUPS.iter().map(|each| group(each, false)).collect::<Vec<_>>()}
                <div class="for-analysts">{group(&DATA, true)}</div>
                {group(&SETTINGS, true)}
                <div class="for-admins">{group(&ADMIN, true)}</div>
            </div>
            <div class="sidebar-end">
                <button type="button" class="nav-link with-script" popovertarget=LIST>
                    <IconView icon=Icon::Keyboard />
                    "Shortcuts"
                </button>
                <form method="post" action="/sign-out">
                    <button type="submit" class="nav-link">
                        <IconView icon=Icon::SignOut />
                        "Sign out"
                    </button>
                </form>
                <ThemePicker />
                <p class="version">"Music Analytics " {env!("CARGO_PKG_VERSION")}</p>
            </div>
        </nav>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/analytics">
            <img src=BRAND alt="" width="28" height="28" />
            <span>"Music Analytics"</span>
        </a>
    }
}

fn group((heading, links): &Group, is_whole: bool) -> AnyView {
    let rel = is_whole.then_some("external");
    view! {
        <div class="nav-group">
            <p class="nav-heading">{*heading}</p>
            <ul>
                {links
                    .iter()
                    .map(|&(path, word, icon)| {
                        view! {
                            <li>
                                <A href=path attr:class="nav-link" attr:rel=rel>
                                    <IconView icon />
                                    {word}
                                </A>
                            </li>
                        }
                        .into_any()
                    })
                    .collect::<Vec<_>>()}
            </ul>
        </div>
    }
    .into_any()
}
