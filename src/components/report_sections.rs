//! The sections of a report that follow what the reader arranges: charts, days, tracks, platforms
//! with their tracks.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::line_chart::line_chart;
use crate::components::section::{live, section};
use crate::components::table::scrolling_table;
use crate::components::view_state::{Shown, find_box, open_all_button, pager, view_button};
use crate::domain::report::Report;
use crate::domain::view::chart::{charts, other_scale};
use crate::domain::view::tables::{day_table, group_table, track_table};
use crate::domain::view::tracks::track_page;

/// A chart for each platform.
pub fn chart_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let content = live(move || {
        let charts = shown.view.with(|view| charts(&report, view));
        let figures: Vec<AnyView> =
            charts.into_iter().map(|(platform, chart)| line_chart(&report, platform, chart)).collect();
        view! { <div class="charts">{figures}</div> }.into_any()
    });
    let scale = live(move || {
        let (words, value) = shown.view.with(other_scale);
        view_button("button-quiet", "chart", value, None, vec![words.into_any()])
    });
    let table = view! { <a class="pill" href="#days" rel="external">"Show as table"</a> }.into_any();
    section("daily", "Daily audience".to_owned(), vec![table, scale], vec![content], String::new())
}

/// Days by platform.
pub fn day_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let table = live(move || {
        let table = shown.view.with(|view| day_table(&report, view));
        table.into_iter().map(scrolling_table).collect::<Vec<_>>().into_any()
    });
    let remark =
        "≈ not exact: part of several days that came as one, or a series is missing. – no data on this day.";
    section("days", "Days".to_owned(), vec![], vec![table], remark.to_owned())
}

/// Tracks by platform, to be sorted, searched, paged and opened.
pub fn track_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let content = live(move || {
        shown.view.with(|view| {
            let page = track_page(&report.tracks, view);
            let tools = tools(page.found_text(report.tracks.len()), open_all_button(&view.open));
            let mut content = vec![tools, scrolling_table(track_table(&report, &page, view))];
            content.extend(shown.address.with_untracked(|address| pager(&page, address)));
            content.into_any()
        })
    });
    let remark = "≈ not exact: open the track for its bounds. – unknown: no day is covered. Empty: not on that platform.";
    section("details", "Tracks".to_owned(), vec![find_box(shown)], vec![content], remark.to_owned())
}

/// Platforms with their tracks below them, to be searched and opened.
pub fn group_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let content = live(move || {
        shown.view.with(|view| {
            let tools = tools(String::new(), open_all_button(&view.open));
            vec![tools, scrolling_table(group_table(&report, view))].into_any()
        })
    });
    let remark = "≈ not exact: press the number for its bounds. – unknown: no day is covered.";
    section(
        "details",
        "Tracks by platform".to_owned(),
        vec![find_box(shown)],
        vec![content],
        remark.to_owned(),
    )
}

fn tools(found: String, button: AnyView) -> AnyView {
    view! {
        <div class="table-tools">
            <p class="hint" role="status">
                {found}
            </p>
            {button}
        </div>
    }
    .into_any()
}
