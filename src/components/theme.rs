//! The color theme. It is stored in a cookie, so that the server renders the right one, and set on `<html
//! data-theme>`, which style/main.css uses.

use std::str::FromStr;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::components::icon::Icon;

pub const COOKIE: &str = "theme";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the operating system.
    #[default]
    System,
}

impl Theme {
    /// Every theme, in the order of the picker.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// The cookie value, form value and attribute.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Light => "Light theme",
            Self::Dark => "Dark theme",
            Self::System => "Theme of the system",
        }
    }

    pub const fn icon(self) -> Icon {
        match self {
            Self::Light => Icon::Light,
            Self::Dark => Icon::Dark,
            Self::System => Icon::System,
        }
    }

    /// The cookie that remembers this theme for a year.
    pub fn to_cookie(self) -> String {
        format!("{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", self.as_str())
    }

    /// The theme of the page being rendered or hydrated.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// The theme set by the server on the document. Browser only.
    pub fn from_document() -> Self {
        document()
            .document_element()
            .and_then(|root| root.get_attribute("data-theme"))
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    /// Applies and stores the theme. Browser only. Without cookies it lasts until the next page load.
    pub fn apply(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.as_str());
        }
        let is_https = location().protocol().is_ok_and(|protocol| protocol == "https:");
        let secure = if is_https { "; Secure" } else { "" };
        let cookie = format!("{}{secure}", self.to_cookie());
        let _ = document().unchecked_into::<HtmlDocument>().set_cookie(&cookie);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a theme is light, dark or system")]
pub struct UnknownTheme;

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(text: &str) -> Result<Self, UnknownTheme> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).ok_or(UnknownTheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_holds_the_word() {
        for theme in Theme::ALL {
            let cookie = theme.to_cookie();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            assert_eq!((name, value.parse()), (COOKIE, Ok(theme)));
        }
        assert_eq!("purple".parse::<Theme>(), Err(UnknownTheme));
    }
}
