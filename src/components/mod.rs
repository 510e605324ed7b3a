//! What pages are made of. Components hold no logic: logic is a plain function in `domain`.

pub mod artist_lists;
pub mod artist_picker;
pub mod browser;
pub mod cards;
pub mod failure;
pub mod field;
pub mod icon;
pub mod line_chart;
pub mod logo;
pub mod notices;
pub mod parts;
pub mod period_picker;
pub mod platform_checkboxes;
pub mod query_form;
pub mod report_header;
pub mod report_sections;
pub mod report_view;
pub mod section;
pub mod shortcuts;
pub mod sidebar;
pub mod sync_panel;
pub mod table;
pub mod theme;
pub mod theme_picker;
pub mod told;
pub mod view_state;
