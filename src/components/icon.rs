//! Line icons, drawn in the colour of the text around them.

use leptos::prelude::*;

/// All icons. They are decorative: the label is next to them or on their button.
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
    /// An arrow to the left.
    Previous,
    /// An arrow to the right.
    Next,
    /// A cross.
    Close,
    /// A lens.
    Search,
    /// Two links of a chain.
    Link,
    /// A letter i.
    Info,
    /// A triangle with an exclamation mark.
    Warning,
    /// A calendar sheet.
    Calendar,
    /// Two arrows in a circle.
    Sync,
    /// A person.
    Artist,
    /// Layers.
    Platform,
    /// Keys.
    Keyboard,
    /// Two persons.
    Users,
    /// Lines of a list.
    Log,
    /// An arrow into a tray.
    Import,
    /// An arrow out of a door.
    SignOut,
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
            Self::Previous => "m15 5-7 7 7 7",
            Self::Next => "m9 5 7 7-7 7",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Search => "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm5 12 4.5 4.5",
            Self::Link => {
                "M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.2a4.5 4.5 0 0 0-6.4-6.4L12 5.6m2 4.4a4.5 4.5 0 0 0-6.4 0l-3.2 3.2a4.5 4.5 0 0 0 \
                 6.4 6.4l1.2-1.2"
            }
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 8v5m0-8.5v.5",
            Self::Warning => "M12 4 2.8 20h18.4zm0 6v4.5m0 2.5v.5",
            Self::Sync => {
                "M20 11a8 8 0 0 0-14.3-4.3L3.5 9M4 13a8 8 0 0 0 14.3 4.3l2.2-2.3M3.5 4v5h5m12 11v-5h-5"
            }
            Self::Users => {
                "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20a6.5 6.5 0 0 1 13 0M16 5.2a3.5 3.5 0 0 1 0 6.6m2.5 2.7a6.5 6.5 0 0 1 3 5.5"
            }
            Self::Log => "M5 3h14v18H5zM9 8h6M9 12h6M9 16h4",
            Self::Import => "M12 3v12m-4.5-4.5L12 15l4.5-4.5M4 16v4h16v-4",
            Self::SignOut => "M10 4H5v16h5m4-12 4 4-4 4m4-4H9",
            Self::Keyboard => "M3 6h18v12H3zm4 4h.01M11 10h.01M15 10h.01M17 14H7",
            Self::Platform => "m12 3 9 5-9 5-9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5",
            Self::Artist => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
            Self::Calendar => "M4 6h16v14H4zm0 5h16M8 3v5m8-5v5",
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
