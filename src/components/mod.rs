//! What pages are made of. Components hold no logic: logic is a plain function in `domain`.

pub mod icon;
pub mod sidebar;
pub mod theme;
pub mod theme_picker;
