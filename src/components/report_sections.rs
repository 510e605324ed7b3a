//! Report sections that depend on the view state: charts, days, tracks, platforms with their tracks.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::daily_chart::charts;
use crate::components::section::{reactive, section};
use crate::components::table::scrolling_table;
use crate::components::view_state::{ViewContext, find_box, open_all_button, pager, view_choice};
use crate::domain::report::Report;
use crate::view::report::chart::{self, chart_layouts};
use crate::view::report::tables::{day_table, group_table, track_table};
use crate::view::report::tracks::track_page;

/// Link to a table as CSV.
pub fn csv_link(shown: ViewContext, table: &'static str) -> AnyView {
    let href = shown.address.with_untracked(|address| address.csv_href(table));
    let label = format!("CSV of this table: {}", table.replace('_', " "));
    view! { <a class="pill" href=href rel="external" download="" aria-label=label>"CSV"</a> }.into_any()
}

pub fn chart_section(report: Arc<Report>, shown: ViewContext) -> AnyView {
    let content = reactive(move || charts(shown.view.with(|view| chart::charts(&report, view))));
    let forms = reactive(move || {
        let forms = shown
            .view
            .with(chart_layouts)
            .map(|(words, value, is_shown)| view_choice("chart", value, is_shown, words));
        view! { <div class="choices" role="group" aria-label="Form of the charts">{Vec::from(forms)}</div> }
            .into_any()
    });
    let table = view! { <a class="pill" href="#report-days" rel="external">"Show as table"</a> }.into_any();
    section("daily", "Daily audience".to_owned(), vec![table, forms], vec![content], String::new())
}

pub fn day_section(report: Arc<Report>, shown: ViewContext) -> AnyView {
    let table = reactive(move || {
        let table = shown.view.with(|view| day_table(&report, view));
        table.into_iter().map(scrolling_table).collect::<Vec<_>>().into_any()
    });
    let remark = "≈ estimated: part of several days that came as one. ≥ at least: a track is missing. – no data on this day.";
    section("report-days", "Days".to_owned(), vec![csv_link(shown, "days")], vec![table], remark.to_owned())
}

pub fn track_section(report: Arc<Report>, shown: ViewContext) -> AnyView {
    let content = reactive(move || {
        shown.view.with(|view| {
            let page = track_page(&report.tracks, view);
            let tools = tools(page.found_text(report.tracks.len()), open_all_button(&view.open));
            let left_out = page.print_note(report.tracks.len()).map(print_only);
            let mut content: Vec<AnyView> = [tools].into_iter().chain(left_out).collect();
            content.push(scrolling_table(track_table(&report, &page, view)));
            content.extend(shown.address.with_untracked(|address| pager(&page, address)));
            content.into_any()
        })
    });
    let remark = "≈ estimated, ≥ at least: open the track for its bounds. – unknown: no day is covered. Empty: not on that platform.";
    section(
        "details",
        "Tracks".to_owned(),
        vec![csv_link(shown, "track_totals"), find_box(shown)],
        vec![content],
        remark.to_owned(),
    )
}

pub fn group_section(report: Arc<Report>, shown: ViewContext) -> AnyView {
    let content = reactive(move || {
        shown.view.with(|view| {
            let tools = tools(String::new(), open_all_button(&view.open));
            vec![tools, scrolling_table(group_table(&report, view))].into_any()
        })
    });
    let remark = "≈ estimated, ≥ at least: press the number for its bounds. – unknown: no day is covered.";
    section(
        "details",
        "Tracks by platform".to_owned(),
        vec![csv_link(shown, "tracks"), find_box(shown)],
        vec![content],
        remark.to_owned(),
    )
}

/// A note for printouts, where the controls are hidden.
fn print_only(words: String) -> AnyView {
    view! { <p class="hint print-only">{words}</p> }.into_any()
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
