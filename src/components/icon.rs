//! Line icons, drawn in the colour of the text around them.

use leptos::prelude::*;

/// The icons in use. Every one is decoration: the word stands beside it or in its button's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Bars of a chart.
    Analytics,
    /// Three lines.
    Menu,
    /// A sun.
    Light,
    /// A moon.
    Dark,
    /// A screen.
    System,
}

impl Icon {
    /// The outline as SVG path data, on a grid of 24 by 24.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Analytics => "M4 20V10m5.33 10V4m5.34 16v-7M20 20V7",
            Self::Menu => "M4 6h16M4 12h16M4 18h16",
            Self::Light => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0-6v2m0 16v2M2 12h2m16 0h2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4m0-14.2\
                 -1.4 1.4M6.3 17.7l-1.4 1.4"
            }
            Self::Dark => "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
            Self::System => "M3 4h18v12H3zm9 12v4m-4 0h8",
        }
    }
}

/// Draws an icon; hidden from assistive technology.
#[component]
pub fn IconView(
    /// Which one.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path() />
        </svg>
    }
}
